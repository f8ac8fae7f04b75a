"""Themes, which organisers add, sectors, which every installation has, and the directory of organisations."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.kernel.database import Base, Instant, Line, Prose, type_id


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


class Organisation(Base):
    """One organisation of the directory, as the registration form suggests it where `is_listed`.

    `name_key` is the folded name: two spellings of one name are one organisation. `search_key` holds the folded words
    of all its names, short and former ones too, each after a blank, so that a word is found by how it begins.
    """

    __tablename__ = "organisation"

    id: Mapped[type_id]
    name: Mapped[Line]
    name_key: Mapped[str] = mapped_column(String(600), unique=True)
    short_name: Mapped[str] = mapped_column(String(60), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    sector: Mapped[str] = mapped_column(String(20), default="")
    is_listed: Mapped[bool] = mapped_column(default=True)
    search_key: Mapped[Prose]
    created_at: Mapped[Instant]
    updated_at: Mapped[Instant]

    aliases: Mapped[list[OrganisationAlias]] = relationship(
        back_populates="organisation", cascade="all, delete-orphan", order_by="OrganisationAlias.name"
    )

    __table_args__ = (
        CheckConstraint("name_key <> ''", name="name_folded"),
        Index(None, "sector", "country"),
    )


class OrganisationAlias(Base):
    """Another name that finds an organisation: a former one, that of one merged into it, or an abbreviation."""

    __tablename__ = "organisation_alias"

    id: Mapped[type_id]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), index=True)
    name: Mapped[Line]
    name_key: Mapped[str] = mapped_column(String(600), unique=True)

    organisation: Mapped[Organisation] = relationship(back_populates="aliases")

    __table_args__ = (CheckConstraint("name_key <> ''", name="name_folded"),)
