"""Meters against counters of known values; what cannot be read gives an estimate that says so."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from perfbot.sandbox import energy
from perfbot.sandbox.energy import (
    CpuTimeEstimate,
    NvmlMeter,
    find_meter,
    idle_watts,
    powercap_meter,
)


def zone(root: Path, folder: str, name: str, microjoules: int, largest: int = 1_000_000) -> Path:
    """A powercap zone as the kernel lays it out: every zone lies flat below the root."""
    path = root / folder
    path.mkdir(parents=True)
    (path / "name").write_text(f"{name}\n")
    (path / "max_energy_range_uj").write_text(f"{largest}\n")
    (path / "energy_uj").write_text(f"{microjoules}\n")
    return path


def set_counter(path: Path, microjoules: int) -> None:
    """Move a zone's counter."""
    (path / "energy_uj").write_text(f"{microjoules}\n")


def test_powercap_sums_packages_and_dram_only(tmp_path: Path) -> None:
    """Core, uncore, psys and the mmio copy of a package are parts of what is counted already."""
    counted = [
        zone(tmp_path, "intel-rapl:0", "package-0", 0),
        zone(tmp_path, "intel-rapl:0:1", "dram", 0),
        zone(tmp_path, "intel-rapl:1", "package-1", 0),
    ]
    ignored = [
        zone(tmp_path, "intel-rapl:0:0", "core", 0),
        zone(tmp_path, "intel-rapl:0:2", "uncore", 0),
        zone(tmp_path, "intel-rapl:2", "psys", 0),
        zone(tmp_path, "intel-rapl-mmio:0", "package-0", 0),
    ]
    meter = powercap_meter(tmp_path)
    assert meter is not None
    meter.start()
    for number, path in enumerate(counted):
        set_counter(path, 100_000 * (number + 1))
    for path in ignored:
        set_counter(path, 999_999)
    reading = meter.stop(cpu_ns=0)
    assert reading.joules == pytest.approx(0.6)
    assert (reading.source, reading.scope, reading.measured) == ("powercap", "package+dram", True)


def test_powercap_counter_wraps(tmp_path: Path) -> None:
    """A counter that fell has passed its range once: 10 before the end to 5 after is 16."""
    path = zone(tmp_path, "intel-rapl:0", "package-0", 999_990, largest=1_000_000)
    meter = powercap_meter(tmp_path)
    assert meter is not None
    meter.start()
    set_counter(path, 5)
    reading = meter.stop(cpu_ns=0)
    assert reading.joules == pytest.approx(16e-6)
    assert reading.scope == "package"


def test_powercap_without_a_readable_counter_is_no_meter(tmp_path: Path) -> None:
    """One unreadable package would make the sum a lie, so there is no meter at all."""
    assert powercap_meter(tmp_path) is None
    zone(tmp_path, "intel-rapl:0", "package-0", 0)
    assert powercap_meter(tmp_path) is not None
    # A folder in the file's place cannot be read as a counter, by root either.
    second = zone(tmp_path, "intel-rapl:1", "package-1", 0)
    (second / "energy_uj").unlink()
    (second / "energy_uj").mkdir()
    assert powercap_meter(tmp_path) is None


def test_estimate_is_labelled_and_proportional() -> None:
    """Three CPU seconds at 5 W are 15 J, of this process, and not measured."""
    reading = CpuTimeEstimate(5.0).stop(cpu_ns=3_000_000_000)
    assert reading.joules == pytest.approx(15)
    assert (reading.scope, reading.measured) == ("process", False)
    assert "5 W" in reading.source


def test_meters_are_tried_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """powercap where it can be read; else an estimate by config, by rated power, by default."""
    monkeypatch.setattr(energy, "powercap_meter", lambda: powercap_meter(tmp_path))
    monkeypatch.setattr(energy, "_rated_watts_per_core", lambda: None)
    assert find_meter().stop(10**9).joules == pytest.approx(energy.DEFAULT_WATTS_PER_CORE)
    monkeypatch.setattr(energy, "_rated_watts_per_core", lambda: 7.0)
    assert find_meter().stop(10**9).joules == pytest.approx(7)
    assert find_meter(watts_per_core=9.0).stop(10**9).joules == pytest.approx(9)
    zone(tmp_path, "intel-rapl:0", "package-0", 0)
    assert isinstance(find_meter(watts_per_core=9.0), energy.PowercapMeter)


def test_rated_power_is_shared_among_the_cores(tmp_path: Path) -> None:
    """The packages' long-term limits over the machine's cores; no limit, no figure."""
    rated = energy._rated_watts_per_core
    assert rated(tmp_path) is None
    path = zone(tmp_path, "intel-rapl:0", "package-0", 0)
    (path / "constraint_0_power_limit_uw").write_text("64000000\n")
    one = rated(tmp_path)
    assert one is not None
    second = zone(tmp_path, "intel-rapl:1", "package-1", 0)
    (second / "constraint_0_power_limit_uw").write_text("64000000\n")
    core = zone(tmp_path, "intel-rapl:0:0", "core", 0)
    (core / "constraint_0_power_limit_uw").write_text("64000000\n")
    assert rated(tmp_path) == pytest.approx(2 * one)
    assert 0 < one <= 64


@dataclass
class GpuCounter:
    """What the NVML library offers us, with a counter that goes through given values."""

    millijoules: list[int] = field(default_factory=lambda: [1_000, 4_500])

    def nvmlDeviceGetTotalEnergyConsumption(self, _handle: object) -> int:
        """The next value."""
        return self.millijoules.pop(0)


def test_nvml_counts_millijoules() -> None:
    """From 1000 to 4500 mJ are 3.5 J of the GPU."""
    meter = NvmlMeter(GpuCounter(), handle=object())
    meter.start()
    reading = meter.stop(cpu_ns=0)
    assert reading.joules == pytest.approx(3.5)
    assert (reading.source, reading.scope, reading.measured) == ("nvml", "gpu", True)


def test_estimate_has_no_idle_draw(tmp_path: Path) -> None:
    """Idle watts are a meter's matter; a counter that stands still shows none either."""
    assert idle_watts(CpuTimeEstimate(4.0)) == 0
    zone(tmp_path, "intel-rapl:0", "package-0", 5)
    meter = powercap_meter(tmp_path)
    assert meter is not None
    assert idle_watts(meter, seconds=0) == 0
