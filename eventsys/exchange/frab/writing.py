"""The frab schedule written, as XML (c3voc's schema) and JSON: what the public programme says, and no stream."""

from __future__ import annotations
