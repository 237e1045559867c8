"""Joules: read from a meter where the machine has one, else estimated from CPU time and said so.

Meters are tried in the order powercap (RAPL), NVML, estimate. No energy figure decides anything:
RAPL counts the whole package, and an estimate only restates CPU time.
"""

import importlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

POWERCAP = Path("/sys/class/powercap")

DEFAULT_WATTS_PER_CORE = 4.0
"""Used where neither the user nor the machine says: 65 to 125 W desktop and server parts draw
about 4 to 8 W per core under load, so this errs low."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Joules used in one window. `measured` is False for an estimate from CPU time."""

    joules: float
    source: str
    scope: str
    """What the joules cover: `process`, or wider (`package`, `package+dram`, `gpu`)."""
    measured: bool


class EnergyMeter(Protocol):
    """Counts joules between `start` and `stop`."""

    @property
    def min_window_s(self) -> float:
        """Seconds below which a window is too short for the meter's resolution; 0 for none."""
        ...

    def start(self) -> None:
        """Open a window."""
        ...

    def stop(self, cpu_ns: int) -> Reading:
        """Close the window in which the work measured took `cpu_ns` nanoseconds of CPU."""
        ...


class PowercapMeter:
    """RAPL through Linux powercap: the packages and their DRAM, for the whole machine.

    Core, uncore and psys zones are left out: the first two are parts of a package, the last
    holds the packages, and adding either would count joules twice.

    Source: Linux kernel documentation, Documentation/power/powercap/powercap.rst.
    """

    min_window_s = 0.1

    def __init__(self, zones: Sequence[Path]) -> None:
        self._zones = tuple(zones)
        names = {_zone_name(zone).partition("-")[0] for zone in self._zones}
        self._scope = "package+dram" if "dram" in names else "package"
        self._ranges = [int((zone / "max_energy_range_uj").read_text()) for zone in self._zones]
        self._before: list[int] = []

    def start(self) -> None:
        """Open a window."""
        self._before = self._counters()

    def stop(self, cpu_ns: int) -> Reading:
        """Close the window; a counter that went past its range counts as wrapped once."""
        used = 0
        rows = zip(self._before, self._counters(), self._ranges, strict=True)
        for before, after, counter_range in rows:
            # The counter runs from 0 to the range inclusive.
            used += after - before if after >= before else after - before + counter_range + 1
        return Reading(used / 1e6, "powercap", self._scope, measured=True)

    def _counters(self) -> list[int]:
        return [int((zone / "energy_uj").read_text()) for zone in self._zones]


class NvmlMeter:
    """The energy counter of one NVIDIA GPU, Volta or later. Needs the extra `gpu`.

    Whoever uses it waits for the device's work to end before `stop`.

    Source: NVML API reference, nvmlDeviceGetTotalEnergyConsumption (millijoules).
    """

    min_window_s = 0.5

    def __init__(self, nvml: Any, handle: Any) -> None:
        self._nvml = nvml
        self._handle = handle
        self._before_mj = 0

    def start(self) -> None:
        """Open a window."""
        self._before_mj = self._counter_mj()

    def stop(self, cpu_ns: int) -> Reading:
        """Close the window."""
        joules = (self._counter_mj() - self._before_mj) / 1e3
        return Reading(joules, "nvml", "gpu", measured=True)

    def _counter_mj(self) -> int:
        return int(self._nvml.nvmlDeviceGetTotalEnergyConsumption(self._handle))


class CpuTimeEstimate:
    """CPU seconds times watts per core: no meter, and labelled as an estimate."""

    min_window_s = 0.0

    def __init__(self, watts_per_core: float) -> None:
        self._watts = watts_per_core

    def start(self) -> None:
        """Nothing to open."""

    def stop(self, cpu_ns: int) -> Reading:
        """What `cpu_ns` nanoseconds on one core are taken to cost."""
        source = f"estimate: {self._watts:g} W per core"
        return Reading(cpu_ns / 1e9 * self._watts, source, "process", measured=False)


def find_meter(watts_per_core: float | None = None, *, gpu: bool = False) -> EnergyMeter:
    """The best meter this machine lets us read; `gpu` asks for the GPU's where there is one."""
    if gpu and (nvml := nvml_meter()) is not None:
        return nvml
    if (powercap := powercap_meter()) is not None:
        return powercap
    return CpuTimeEstimate(watts_per_core or _rated_watts_per_core() or DEFAULT_WATTS_PER_CORE)


def powercap_meter(root: Path = POWERCAP) -> PowercapMeter | None:
    """A meter over the packages and DRAM below `root`, or None where they cannot be read."""
    # AMD's zones bear this name too; `intel-rapl-mmio` repeats a package that is here already.
    zones = [zone for zone in sorted(root.glob("intel-rapl:*")) if _is_counted(zone)]
    # Since CVE-2020-8694 most kernels let only root read the counters.
    readable = [zone for zone in zones if _can_read(zone / "energy_uj")]
    return PowercapMeter(readable) if readable and readable == zones else None


def nvml_meter() -> NvmlMeter | None:
    """A meter over the first GPU, or None without the library, the driver or the counter."""
    try:
        nvml = importlib.import_module("pynvml")
    except ImportError:
        return None
    try:
        nvml.nvmlInit()
        handle = nvml.nvmlDeviceGetHandleByIndex(0)
        nvml.nvmlDeviceGetTotalEnergyConsumption(handle)
    except nvml.NVMLError:
        return None
    return NvmlMeter(nvml, handle)


def idle_watts(meter: EnergyMeter, seconds: float = 0.2) -> float:
    """What the meter's scope draws while this process sleeps; 0 for an estimate."""
    if meter.min_window_s == 0:
        return 0.0
    started = time.monotonic()
    meter.start()
    time.sleep(max(seconds, meter.min_window_s))
    return meter.stop(0).joules / (time.monotonic() - started)


def _rated_watts_per_core(root: Path = POWERCAP) -> float | None:
    """The packages' long-term power limit over all cores; readable where the counters are not."""
    limits = [
        int((zone / "constraint_0_power_limit_uw").read_text())
        for zone in root.glob("intel-rapl:*")
        if _zone_name(zone).startswith("package")
        and _can_read(zone / "constraint_0_power_limit_uw")
    ]
    listing = Path("/proc/cpuinfo")
    cores = listing.read_text().count("\nprocessor") + 1 if listing.is_file() else 0
    return sum(limits) / 1e6 / cores if limits and sum(limits) > 0 and cores else None


def _is_counted(zone: Path) -> bool:
    name = _zone_name(zone)
    return name.startswith("package") or name == "dram"


def _zone_name(zone: Path) -> str:
    name = zone / "name"
    return name.read_text().strip() if _can_read(name) else ""


def _can_read(path: Path) -> bool:
    try:
        path.read_text()
    except OSError:
        return False
    return True
