"""Where people reach this installation, as the commands name it."""

from cogep_assist.core.public_address import DEFAULT_ADDRESS, public_address

__all__ = ["DEFAULT_ADDRESS", "public_address"]
