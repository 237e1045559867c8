"""How a model is asked: the same facts, and before the answer more or less to think about.

Only the last words of a prompt differ, so that providers can cache what comes before them.
"""

from perfbot.agents.templates import rendered

PLAIN, ANALYSE, STRATEGIES = "", "analyse", "strategies"
STYLES = (PLAIN, ANALYSE, STRATEGIES)
"""From the shortest reply to the longest: at once; what costs time first; a choice of ways."""


def in_style(request: str, style: str) -> str:
    """The request with what the style asks for besides.

    Raises: ValueError for a style that there is not.
    """
    if style not in STYLES:
        raise ValueError(f"{style!r} is not one of {STYLES}")
    return request if style == PLAIN else rendered(f"style_{style}", request=request).strip()


def style_name(style: str) -> str:
    """The style in words."""
    return {PLAIN: "plain", ANALYSE: "analyse first", STRATEGIES: "choice of strategies"}[style]
