"""200 random sequences of events over two racks: none ends in a failed restart, energy closes, chattering is named."""
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import finish, inside, ok
from event_sequences import check

check(0, 100, ok, inside)
finish()
