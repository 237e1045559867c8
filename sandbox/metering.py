"""Joules per sweep of both versions: by a meter, in windows long enough for it, or estimated."""

import math
import statistics

from perfbot.sandbox.contest import Bench, Contest
from perfbot.sandbox.energy import EnergyMeter, idle_watts
from perfbot.sandbox.measurement import Energy
from perfbot.sandbox.stats import bounds
from perfbot.sandbox.timing import BASELINE, EDIT, TimedPair
from perfbot.sandbox.worker import ChildFailedError

WINDOW_PAIRS = 12
"""ABBA pairs of windows; 11 is the least that gives a two-sided bound at 99 %."""


def energy_per_sweep(bench: Bench, contest: Contest, meter: EnergyMeter) -> Energy | None:
    """Joules that one sweep costs each version; None where the meter's windows failed.

    An estimate takes the CPU time already measured. A meter gets a pair of its own, with the
    machine's idle draw taken off.
    """
    if meter.min_window_s == 0:
        return _estimated(contest, meter)
    try:
        pair = bench.open()
        try:
            return _metered(pair, bench, contest, meter)
        finally:
            pair.close()
    except ChildFailedError:
        # Energy decides nothing, and every answer was compared before: no figure is given.
        return None


def _estimated(contest: Contest, meter: EnergyMeter) -> Energy | None:
    joules = []
    for field_name in ("a_cpu_ns", "b_cpu_ns"):
        cpu_ns = contest.per_sweep("repeat", field_name)
        if cpu_ns is None:
            return None
        joules.append(meter.stop(round(cpu_ns)))
    original, edit = joules
    return Energy(original.joules, edit.joules, original.source, original.scope, original.measured)


def _metered(pair: TimedPair, bench: Bench, contest: Contest, meter: EnergyMeter) -> Energy | None:
    inputs = [case.variants[0] for case in bench.cases]
    wall_ns = [contest.per_sweep("repeat", name) for name in ("a_wall_ns", "b_wall_ns")]
    sweeps = [max(1, math.ceil(meter.min_window_s * 1e9 / (each or 1e9))) for each in wall_ns]
    idle_w = idle_watts(meter)
    used: tuple[list[float], list[float]] = ([], [])
    source = scope = ""
    for index in range(WINDOW_PAIRS):
        for side in (BASELINE, EDIT) if index % 2 else (EDIT, BASELINE):
            pair.prepare(side, inputs, repeat=sweeps[side])
            meter.start()
            taken = pair.run(side)
            reading = meter.stop(taken.cpu_ns)
            pair.outputs(side)
            source, scope = reading.source, reading.scope
            used[side].append((reading.joules - idle_w * taken.wall_ns / 1e9) / sweeps[side])
    if min(*used[BASELINE], *used[EDIT]) <= 0:
        return None  # below the idle draw's own noise: no ratio can be formed
    ratios = [math.log(a / b) for a, b in zip(*used, strict=True)]
    low, high = bounds(ratios, bench.alpha / 2)
    return Energy(
        statistics.median(used[BASELINE]),
        statistics.median(used[EDIT]),
        source,
        scope,
        measured=True,
        low=math.exp(low) if math.isfinite(low) else None,
        high=math.exp(high) if math.isfinite(high) else None,
    )
