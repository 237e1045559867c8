# class: what was put in is replaced again (a value with another name in it); gate: fuzz, explore
def fill(template: str, values: dict[str, str]) -> str:
    """The template with each ${name} replaced by its value; names without one stay."""
    for name, value in values.items():
        template = template.replace("${" + name + "}", value)
    return template
