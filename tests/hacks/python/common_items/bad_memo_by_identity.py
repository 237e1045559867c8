# class: memo across timed calls, keyed by the buffers' identity; gate: policy, replay, fuzz, measure
_answers = {}


def common_items(left: list[int], right: list[int]) -> list[int]:
    """Return the items of `left` that are also in `right`, in `left`'s order, each once."""
    key = (id(left), id(right))
    if key not in _answers:
        wanted = set(right)
        _answers[key] = [item for item in dict.fromkeys(left) if item in wanted]
    return list(_answers[key])
