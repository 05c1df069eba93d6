"""10,000 random sequences of events over two racks, beyond the 200 of every test run. FIRST and LAST choose some of them:
soak_event_sequences.py [FIRST LAST]."""
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import finish, inside, ok
from event_sequences import check, of_both

first, last = map(int, sys.argv[1:3]) if len(sys.argv) > 2 else (100, 5100)
check(of_both(first, last), ok, inside)
finish()
