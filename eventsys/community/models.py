"""Themes, which organisers add, and sectors, which every installation has."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from eventsys.kernel.database import Base, type_id


class Theme(Base):
    """A thematic area such as FCT; `key` is what the address and the event file carry."""

    __tablename__ = "theme"

    id: Mapped[type_id]
    key: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))


class Sector(StrEnum):
    """Where a person works, as badges and statistics show it."""

    EU_INSTITUTION = "eu-institution"
    POLICY = "policy"
    POLICE = "police"
    FIRE_RESCUE = "fire-rescue"
    BORDER_CUSTOMS = "border-customs"
    RESEARCH = "research"
    INDUSTRY = "industry"
    NGO = "ngo"
    LOCAL_AUTHORITY = "local-authority"
    CONSULTANCY = "consultancy"
    MEDIA = "media"
    PUBLIC = "public"
