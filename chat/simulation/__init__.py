"""Buyers and agents that use a running server as real clients do: only through its public API (docs/wire.md)."""
