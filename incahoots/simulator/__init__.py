"""Simulated data sets with planted coordination and known truth."""

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from incahoots.simulator.acts import BEHAVIOURS as BEHAVIOURS
    from incahoots.simulator.options import Planting as Planting
    from incahoots.simulator.population import STATES as STATES
    from incahoots.simulator.simulation import Simulation as Simulation, simulate as simulate

#: Imported when they are first used, because the command line needs only the options.
_NAMES = {
    "acts": ["BEHAVIOURS"],
    "options": ["Planting"],
    "population": ["STATES"],
    "simulation": ["Simulation", "simulate"],
}
__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submod_attrs=_NAMES)
