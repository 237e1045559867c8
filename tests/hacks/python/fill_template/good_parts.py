# kind: parts joined once, found by str.find
def fill(template: str, values: dict[str, str]) -> str:
    """The template with each ${name} replaced by its value; names without one stay."""
    out = []
    index = 0
    while True:
        start = template.find("${", index)
        if start == -1:
            break
        end = template.find("}", start)
        if end == -1:
            break
        value = values.get(template[start + 2:end])
        if value is None:
            out.append(template[index:start + 1])
            index = start + 1
        else:
            out.append(template[index:start])
            out.append(value)
            index = end + 1
    out.append(template[index:])
    return "".join(out)
