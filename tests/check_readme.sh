#!/usr/bin/env bash
# The outputs that README.md shows are what the program prints.
exec python3 "$SOURCE_DIR/scripts/readme.py" --check
