"""Code is found in replies of many shapes, and only the function's own code."""

import pytest

from perfbot.agents.replies import code_from_reply, codes_from_reply

CODE = "def double(x):\n    return 2 * x\n"


@pytest.mark.parametrize(
    "reply",
    [
        CODE,
        f"```python\n{CODE}```",
        f"```\n{CODE}```\n",
        f"~~~py\n{CODE}~~~",
        f"Sure! Here it is:\n\n```python\n{CODE}```\n\nIt multiplies by two.",
        f"Sure! Here it is:\n\n{CODE}\nThis doubles its argument.",
        f"<|start_header_id|>assistant<|end_header_id|>\n\n{CODE}",
        f"<|start_header_id|>assistant<|end_header_id|>\n\n```python\n{CODE}```<|eot_id|>",
        f"```python\n{CODE}",
        "1. Write it:\n\n   ```python\n   def double(x):\n       return 2 * x\n   ```\n",
        f"```bash\npip install double\n```\n\n```python\n{CODE}```",
        f"```python\n{CODE}```\n\nUse it so:\n\n```python\nprint(double(4))\n```",
        f"```python\n{CODE}\nprint(double(2))\nassert double(1) == 2\n```",
        f'```python\n{CODE}\nif __name__ == "__main__":\n    print(double(2))\n```',
        f"````markdown\n{CODE}````",
        CODE.replace("\n", "\r\n"),
    ],
)
def test_the_function_is_found_alone(reply: str) -> None:
    """Fences, headers, prose, indentation and examples of use around the function are dropped."""
    assert code_from_reply(reply, "double") == CODE


STRICT = "def double(x):\n    if x < 0:\n        raise ValueError\n    return 2 * x\n"


def test_the_answer_comes_before_its_alternatives() -> None:
    """The first definition is the answer; each is there for who wants to try them all."""
    reply = f"```python\n{CODE}```\nIf you want to refuse negatives:\n```\n{STRICT}```"
    assert code_from_reply(reply, "double") == CODE
    assert codes_from_reply(reply, "double") == [CODE, STRICT]


@pytest.mark.parametrize(
    "first",
    [
        'def double(x):\n    """Twice x."""\n',
        "def double(x):\n    ...\n",
        "def double(x):\n    pass\n",
        "def double(x):\n    raise NotImplementedError\n",
        'def double(x):\n    """The original."""\n    return x+x\n',
    ],
)
def test_neither_a_header_nor_the_original_is_an_answer(first: str) -> None:
    """A reply may begin with the bare signature, or quote the code that it was given."""
    original = "import os\n\n\ndef double(x):\n    return x + x\n"
    reply = f"You have:\n```python\n{first}```\nBetter:\n```\n{CODE}```"
    assert code_from_reply(reply, "double", original=original) == CODE


def test_a_reply_that_only_quotes_the_original_has_no_answer() -> None:
    """None: there is nothing to judge."""
    assert code_from_reply(f"```\n{CODE}```", "double", original=CODE) is None


def test_imports_helpers_and_constants_in_use_come_along() -> None:
    """What the function needs, directly or through a helper, is kept in order; the rest is not."""
    reply = (
        "```python\nimport math\nimport time\nfrom typing import *\n\nSCALE = 3\nUNUSED = 4\n\n"
        "def area(r):\n    return scaled(math.pi * r * r)\n\n"
        "def scaled(x):\n    return x * SCALE\n\nstart = time.time()\nprint(area(1), start)\n```"
    )
    code = code_from_reply(reply, "area")
    assert code is not None
    kept = [line for line in code.splitlines() if line and not line.startswith(" ")]
    assert kept == [
        "import math",
        "from typing import *",
        "SCALE = 3",
        "def area(r):",
        "def scaled(x):",
    ]


def test_decorators_and_async_functions_are_kept() -> None:
    """A decorator belongs to its function and pulls its import in."""
    reply = "from functools import wraps\n@wraps(print)\nasync def go(x):\n    return x\ngo(1)\n"
    code = code_from_reply(reply, "go")
    assert code is not None
    assert code.splitlines()[0] == "from functools import wraps"
    assert code.endswith("@wraps(print)\nasync def go(x):\n    return x\n")


@pytest.mark.parametrize("indent", ["", "    "])
def test_a_method_is_returned_without_its_class(indent: str) -> None:
    """A method may come inside its class or by itself; either way it is not indented."""
    method = "def total(self):\n    return sum(self.items)\n"
    body = "".join(indent + line + "\n" for line in method.splitlines())
    reply = ("class Cart:\n" if indent else "") + body
    assert code_from_reply(reply, "Cart.total") == method


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "I cannot help with that.",
        "```python\ndef triple(x):\n    return 3 * x\n```",
        "```python\ndef double(x:\n    return\n```",
        "    return 2 * x\n",
        "The function double(x) returns 2 * x.",
        "```json\n{}\n```",
    ],
)
def test_a_reply_without_the_function_gives_none(reply: str) -> None:
    """Prose, another function, broken syntax or a bare body is no code of this function."""
    assert code_from_reply(reply, "double") is None
