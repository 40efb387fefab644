"""Puzzles, and passes for them: for one browser, for a while, once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tnid.challenge.puzzles import BITS, TICKET_SECONDS, WAIT_SECONDS, Ticket, Tickets, is_solved, solve

NOW = 1_800_000_000
TICKETS = Tickets(bytes(range(32)))


@pytest.fixture
def ticket() -> Ticket:
    return TICKETS.make("browser", "/login?interaction=a", NOW)


def test_a_ticket_says_what_it_was_made_for(ticket: Ticket) -> None:
    assert TICKETS.read(TICKETS.write(ticket), "browser", NOW + 1) == ticket


def test_another_browsers_ticket_is_none(ticket: Ticket) -> None:
    assert TICKETS.read(TICKETS.write(ticket), "other", NOW + 1) is None


def test_a_ticket_expires(ticket: Ticket) -> None:
    written = TICKETS.write(ticket)
    assert TICKETS.read(written, "browser", NOW + TICKET_SECONDS - 1) == ticket
    assert TICKETS.read(written, "browser", NOW + TICKET_SECONDS) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "",
        lambda text: "x",
        lambda text: text[:-1],
        lambda text: "A" + text[1:],
        lambda text: text.replace(".", ".."),
        lambda text: text + "é\x00",
        lambda text: Tickets(bytes(reversed(range(32)))).write(Ticket("a", NOW, "browser", "//evil.example")),
    ],
)
def test_a_ticket_that_is_not_ours_is_none(ticket: Ticket, change: Callable[[str], str]) -> None:
    assert TICKETS.read(change(TICKETS.write(ticket)), "browser", NOW + 1) is None


def test_a_solution_begins_with_enough_zero_bits(ticket: Ticket) -> None:
    assert is_solved(ticket, solve(ticket))
    assert not is_solved(ticket._replace(id=ticket.id + "x"), solve(ticket))
    assert BITS >= 14 and ticket.opens_at == NOW + WAIT_SECONDS


@pytest.mark.parametrize("wrong", ["", "-1", "1e9", "٣", "0" * 30, " 1", "1\n"])
def test_what_is_no_number_solves_nothing(ticket: Ticket, wrong: str) -> None:
    assert not is_solved(ticket, wrong)
