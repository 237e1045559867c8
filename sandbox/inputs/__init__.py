"""Where the inputs of a target come from: annotations, observed calls, and variants of a case."""
