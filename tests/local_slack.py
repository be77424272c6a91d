"""Temporary alias while imports move to bot.playground.slack."""

import sys

import bot.playground.slack as real

sys.modules[__name__] = real
