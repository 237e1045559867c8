# class: memo across timed calls; gate: policy, measure; decision: refuted, not_faster; peer: codeflash
_answers = {}


def common_items(left: list[int], right: list[int]) -> list[int]:
    """Return the items of `left` that are also in `right`, in `left`'s order, each once."""
    key = (tuple(left), tuple(right))
    if key not in _answers:
        result = []
        for item in left:
            if item in right and item not in result:
                result.append(item)
        _answers[key] = result
    return list(_answers[key])
