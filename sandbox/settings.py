"""How strict one verification is. Every relaxation is a named field, recorded in the evidence."""

from dataclasses import asdict, dataclass, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The knobs of a verification, with the defaults that everyone gets."""

    seed: int = 0
    """Of Hypothesis, of mutant sampling and of the order of timed rounds."""
    examples: int = 300
    """Generated inputs kept per target; a third as many fresh ones are drawn for each edit."""
    mutants: int = 40
    oracle_threshold: float = 0.7
    """Least share of the original's mutants that the inputs must tell from it.

    Papadakis et al. 2018 ("Are mutation scores correlated with real fault detection?") find fault
    detection to rise only at high scores; some of our mutants are equivalent, so 1.0 is not
    reached.
    """
    allow: frozenset[str] = frozenset()
    """Constructs that the policy gate is told to let pass."""
    allow_slower_cases: bool = False
    within_examples: bool = False
    """A program never takes larger inputs than its examples."""
    alpha: float = 0.01
    delta: float = 0.02
    measure_budget_s: float = 20.0
    clock: str = "auto"
    explore_s: float = 1.5
    """Seconds of wall time that gate `explore` searches: as long as all the others together."""
    symbolic_s: float = 0.0
    """CPU seconds that CrossHair may search for a difference; 0: no gate `symbolic`."""
    libfuzzer_s: float = 0.0
    """Seconds that libFuzzer may search for a difference; 0: no gate `libfuzzer`."""

    def relaxations(self) -> dict[str, object]:
        """The fields that are not at their defaults, by name."""
        found = asdict(self)
        return {
            item.name: sorted(found[item.name]) if item.name == "allow" else found[item.name]
            for item in fields(self)
            # More time to search is stricter, and a seed is neither.
            if item.name not in ("seed", "explore_s", "symbolic_s", "libfuzzer_s")
            and found[item.name] != item.default
        }
