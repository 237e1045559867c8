"""The text of a perfbot commit: subject, reason, what the gain costs, and trailers."""

import json
import textwrap

from perfbot.optimizer.evidence_schema import EvidenceDocument, MeasurementDocument

SUBJECT_LIMIT = 100
"""Characters; longer titles are cut, since most tools show one line."""

# Below these an edit's extra use is within what two runs of the same code differ by.
_CPU_NOTICEABLE = 1.05
_MEMORY_NOTICEABLE = 1.10
_MEMORY_NOTICEABLE_BYTES = 1 << 20


def commit_message(evidence: EvidenceDocument, evidence_sha256: str) -> str:
    """The message for an accepted edit; no text in it can add a trailer or a paragraph."""
    paragraphs = [_subject(evidence), _wrapped(_one_line(evidence.reason))]
    price = price_sentences(evidence.measurement)
    if price:
        paragraphs.append(_wrapped(" ".join(price)))
    paragraphs.append(_wrapped(_one_line(domain_sentence(evidence))))
    trailers = "\n".join(f"{key}: {value}" for key, value in _trailers(evidence, evidence_sha256))
    return "\n\n".join([paragraph for paragraph in paragraphs if paragraph] + [trailers]) + "\n"


def domain_sentence(evidence: EvidenceDocument) -> str:
    """What arguments the edit was judged on: more than was seen is not promised."""
    data = next((gate.data for gate in evidence.gates if gate.name == "fuzz"), {})
    lines = data.get("domain")
    if not isinstance(lines, list) or not lines:
        return ""
    return f"Judged on {'; '.join(str(line) for line in lines)}."


def price_sentences(measurement: MeasurementDocument | None) -> list[str]:
    """What the edit uses more of than the original: CPU time, memory, threads."""
    if measurement is None:
        return []
    said = []
    original_cpu, edit_cpu = measurement.original_cpu_ns, measurement.edit_cpu_ns
    if original_cpu and edit_cpu and edit_cpu > original_cpu * _CPU_NOTICEABLE:
        said.append(f"It takes {edit_cpu / original_cpu:.2f}x the CPU time.")
    before, after = measurement.original_peak_bytes, measurement.edit_peak_bytes
    if before is not None and after is not None:
        growth = after - before
        if growth > _MEMORY_NOTICEABLE_BYTES and after > before * _MEMORY_NOTICEABLE:
            said.append(f"Its peak memory is {_mib(after)} instead of {_mib(before)}.")
    threads_before, threads_after = measurement.original_threads, measurement.edit_threads
    if threads_before is not None and threads_after is not None and threads_after > threads_before:
        said.append(f"It runs {threads_after} threads instead of {threads_before}.")
    return said


def _subject(evidence: EvidenceDocument) -> str:
    title = _one_line(evidence.edit.title) or "faster"
    speedup = evidence.measurement.speedup if evidence.measurement else None
    gain = f"; {speedup.estimate:.3g}x faster" if speedup else ""
    start = f"perf({evidence.target.qualname}): "
    room = max(SUBJECT_LIMIT - len(start) - len(gain), 20)
    return start + textwrap.shorten(title, room, placeholder="...") + gain


def _trailers(evidence: EvidenceDocument, evidence_sha256: str) -> list[tuple[str, str]]:
    target, strength = evidence.target, evidence.oracle_strength
    trailers = [
        ("Perfbot-Target", f"{target.path}::{target.qualname}"),
        ("Perfbot-Edit", evidence.edit.id),
    ]
    measured = evidence.measurement
    if measured and measured.speedup:
        found = measured.speedup
        high = "" if found.high is None else f"{found.high:.2f}"
        interval = f"[{found.low:.2f}, {high}]"
        confidence = f"{found.confidence * 100:.4g}%"
        trailers.append(
            ("Perfbot-Speedup", f"{found.estimate:.2f}x {interval} at {confidence}"),
        )
    if measured and measured.energy and measured.energy.change is not None:
        how = "measured" if measured.energy.measured else "estimated"
        trailers.append(("Perfbot-Energy", f"{measured.energy.change * 100:+.0f}% ({how})"))
    counted = measured.instructions if measured else None
    if counted and counted.share is not None:
        told = f"{counted.share:.3g}x ({_one_line(counted.tool)})"
        trailers.append(("Perfbot-Instructions", told))
    share = f"{strength.killed / strength.total:.2f}" if strength.total else "unknown"
    trailers += [
        ("Perfbot-Oracle-Strength", f"{share} ({strength.killed}/{strength.total} mutants)"),
        ("Perfbot-Gates", ", ".join(_one_line(gate.name) for gate in evidence.gates)),
        ("Perfbot-Sandbox", _one_line(_sandbox(evidence.sandbox))),
        ("Perfbot-Options", json.dumps(evidence.options, sort_keys=True)),
        ("Perfbot-Evidence", evidence_sha256),
    ]
    return trailers


def _sandbox(told: str | dict[str, str]) -> str:
    return told if isinstance(told, str) else f"{told.get('backend')} ({told.get('mode')})"


def _one_line(text: str) -> str:
    """The text without control characters: a title from a model must not forge a trailer."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 72, break_long_words=False, break_on_hyphens=False)


def _mib(size: int) -> str:
    return f"{size / (1 << 20):.1f} MiB"
