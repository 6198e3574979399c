"""Simulated data sets with planted coordination and known truth."""

from incahoots.simulator.acts import BEHAVIOURS
from incahoots.simulator.plants import Planting
from incahoots.simulator.population import STATES
from incahoots.simulator.simulation import Simulation, simulate

__all__ = ["BEHAVIOURS", "STATES", "Planting", "Simulation", "simulate"]
