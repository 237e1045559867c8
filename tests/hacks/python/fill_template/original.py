# target: fill
def fill(template: str, values: dict[str, str]) -> str:
    """The template with each ${name} replaced by its value; names without one stay."""
    out = ""
    index = 0
    while index < len(template):
        if template[index:index + 2] == "${":
            end = template.find("}", index)
            if end != -1 and template[index + 2:end] in values:
                out = out + values[template[index + 2:end]]
                index = end + 1
                continue
        out = out + template[index]
        index += 1
    return out
