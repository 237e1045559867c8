"""Serves a GGUF file on loopback as OpenAI does.

    pip install xllamacpp          # in an environment of its own

    python tests/bench/model_serve.py FILE.gguf --port 8123 [--threads 1] [--context 8192]

Runs until it is ended. One thread is quickest where other processes are busy, too.
"""

import argparse
import signal
import sys
from pathlib import Path


def main() -> int:
    """Serve until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("weights", type=Path)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--context", type=int, default=8192, metavar="TOKENS")
    options = parser.parse_args()
    if not options.weights.is_file():
        print(f"{options.weights}: no such file (model_weights.py fetches it)", file=sys.stderr)
        return 2
    try:
        import xllamacpp
    except ImportError:
        print(f"{sys.executable} -m pip install xllamacpp", file=sys.stderr)
        return 4
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(options.weights)
    parameters.n_ctx = options.context
    parameters.n_parallel = 1
    for cpu in (parameters.cpuparams, parameters.cpuparams_batch):
        cpu.n_threads = options.threads
        cpu.poll = 0
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = options.port
    server = xllamacpp.Server(parameters)
    print(f"ready: {server.listening_address}", flush=True)
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    return 0


if __name__ == "__main__":
    sys.exit(main())
