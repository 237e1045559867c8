"""The child's side of the wire: standard library only, runs in the *user's* interpreter.

This package is mounted into the sandbox under the name `perfbot_driver`; it never imports
perfbot, and the modules in it import each other relatively. Kept to what Python 3.9 understands.
"""
