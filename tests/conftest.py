"""What all tests need: that Ctrl-C is heard."""

import signal

# A shell that starts the tests in the background has them, and what they start, ignore it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
