"""Settings, read once from the environment."""

from .settings import VARIABLES, Settings, SettingsError

__all__ = ["VARIABLES", "Settings", "SettingsError"]
