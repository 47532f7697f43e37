"""Every parameter of a leader's desk is alive, and impossible desks are refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from sim.laws import constant, lognormal, lognormal_mean, uniform
from sim.stages.leader_desk.draws import DeskDraws, in_groups
from sim.stages.leader_desk.leaders import LeadersParams
from sim.stages.leader_desk.spec import LeaderDeskParams
from sim.stages.leader_desk.working_hours import check_tally_hours, clock_windows, merged
from tests.properties.desks import CUTOFF, differs, hold

ALIVE: dict[str, Any] = {
    "windows_d0": ("10:00-13:00", "15:00-23:00"),
    "windows_d1": ("08:00-22:00",),
    "order": ("chat", "complaint", "hand_over", "register", "tally", "split"),
    "interrupting": ("chat", "hand_over", "register"),
    "interruptible": ("register", "tally"),
    "finish_at_close": ("chat", "hand_over", "complaint", "register"),
    "resume_cost_s": 60.0,
    "chat_factor": 1.2,
    "chat_per_h": 4.0,
    "register_min": lognormal_mean(4.0, 0.5),
    "chase_share": 0.3,
    "chase_min": 3.0,
    "ask_again_share": 0.2,
    "ask_again_every_min": 5.0,
    "ask_again_min": 2.0,
    "ask_again_max": 1,
    "late_share": 0.2,
    "late_after_min": uniform(0.0, 40.0),
    "late_tally_min": 9.0,
    "transcription_share": 0.2,
    "forgotten_share": 0.2,
    "load_gain": 0.3,
    "tally_min": 30.0,
    "tally_reply_s": 60.0,
    "clerks": 1,
    "merge_sheet_min": 4.0,
    "merge_row_s": 30.0,
    "receive_min": 9.0,
    "receive_crate_s": 30.0,
    "split_order_min": 1.0,
    "hand_over_s": 75.0,
    "complaint_tolerance_min": 1.0,
    "complaint_share": 0.9,
    "complaint_delay_min": lognormal(90.0, 1.0),
    "complaint_min": lognormal_mean(9.0, 0.5),
}
NEEDS: dict[str, dict[str, Any]] = {"ask_again_max": {"ask_again_share": 0.5, "ask_again_every_min": 5.0}}
PEOPLE_ALIVE: dict[str, Any] = {
    "fixed_manual_h": uniform(1.0, 2.0),
    "other_brands_per_day": 20.0,
    "other_brand_hand_min": 7.0,
    "other_brands_moved": True,
    "helpers": 2,
    "warm_words_s": 60.0,
    "care": 0.3,
    "neglect_complaints": 5.0,
    "absent_share": 0.2,
}


@pytest.mark.parametrize("name", sorted(ALIVE))
def test_every_desk_parameter_is_alive(name: str) -> None:
    """Changing the parameter changes a column of the log."""
    around = NEEDS.get(name, {})
    assert differs(hold(LeaderDeskParams(**around)), hold(LeaderDeskParams(**around, **{name: ALIVE[name]})))


@pytest.mark.parametrize("name", sorted(PEOPLE_ALIVE))
def test_every_leaders_parameter_is_alive(name: str) -> None:
    """Changing the parameter changes a column of the log."""
    around = {"care": 0.5} if name == "neglect_complaints" else {}
    assert differs(
        hold(people=LeadersParams(**around)),
        hold(people=LeadersParams(**around, **{name: PEOPLE_ALIVE[name]})),
    )


def test_parameters_of_some_arms_are_alive() -> None:
    """Chat length, splitting crates, the system's fixed hours and other brands' time matter where used."""
    chatty = LeaderDeskParams(chat_per_h=6.0)
    assert differs(hold(chatty), hold(chatty.model_copy(update={"chat_min": constant(1.0)})))
    assert differs(
        hold(split="by_community_sku"), hold(LeaderDeskParams(split_sku_s=60.0), split="by_community_sku")
    )
    assert differs(hold(by_hand=False), hold(by_hand=False, people=LeadersParams(fixed_system_h=2.0)))
    moved = LeadersParams(other_brands_moved=True)
    assert differs(hold(people=moved), hold(people=moved.model_copy(update={"other_brand_system_min": 2.0})))


def test_a_larger_group_takes_longer_to_register() -> None:
    """`scroll_per_100_members` stretches registering beyond 250 members, shortens it below; 0 neither."""
    members, community = np.array([100, 250, 500]), np.array([0, 1, 2])
    draws = DeskDraws(*(np.ones(3) for _ in DeskDraws._fields))
    assert in_groups(draws, 0.12, members, community).register_work.tolist() == pytest.approx(
        [0.82, 1.0, 1.3]
    )
    assert in_groups(draws, 0.0, members, community).register_work.tolist() == [1.0, 1.0, 1.0]


def test_every_parameter_is_on_one_of_the_lists() -> None:
    """No parameter of the desk or of the leaders escapes these tests (commission moves a KPI, no column)."""
    assert set(LeaderDeskParams.model_fields) == set(ALIVE) | {
        "chat_min",
        "split_sku_s",
        "scroll_per_100_members",
    }
    assert set(LeadersParams.model_fields) == set(PEOPLE_ALIVE) | {
        "fixed_system_h",
        "other_brand_system_min",
        "commission_share",
    }


# -------------------------------------------------------------------------------------------------- bad input

BAD: list[tuple[dict[str, Any], str]] = [
    ({"windows_d0": ("9-13",)}, "09:00-13:00"),
    ({"windows_d1": ("13:00-09:00",)}, "close after"),
    ({"windows_d1": ("25:00-26:00",)}, "before 24:00"),
    ({"order": ("chat", "hand_over")}, "exactly once"),
    ({"order": ("chat", "chat", "hand_over", "complaint", "register", "tally", "split")}, "exactly once"),
    ({"order": ("chat", ("hand_over", "complaint"), "register", "tally", "split")}, "equals would interrupt"),
    ({"chat_factor": 1.1, "chat_per_h": 6.0}, "never both"),
    ({"interruptible": ("registering",)}, "register"),
    ({"clerks": 0}, "greater than or equal"),
]


@pytest.mark.parametrize(("fields", "says"), BAD)
def test_impossible_desks_are_refused(fields: dict[str, Any], says: str) -> None:
    """A desk that cannot be is refused at load, and the message says what is wrong."""
    with pytest.raises(ValidationError, match=says):
        LeaderDeskParams(**fields)


def test_equal_classes_that_do_not_interrupt_are_allowed() -> None:
    """Equal classes share one queue; lists as a file has them are read."""
    params = LeaderDeskParams(order=["chat", "hand_over", "complaint", ["register", "tally"], "split"])  # type: ignore[arg-type]  # as from a file
    assert differs(hold(), hold(params))


def test_the_tally_needs_the_hour_after_the_cut_off() -> None:
    """Hours without the time to tally are refused for manual arms."""
    check_tally_hours(LeaderDeskParams().windows_d0, CUTOFF)
    with pytest.raises(ValueError, match="cut-off"):
        check_tally_hours(("09:00-21:30",), CUTOFF)


def test_windows_are_joined() -> None:
    """Overlapping and touching windows are one window, across midnight too, and empty ones vanish."""
    opens, closes = merged(
        [*clock_windows(("15:00-22:00", "09:00-12:00", "12:00-13:00", "21:00-26:00")), (5.0, 5.0)]
    )
    assert opens.tolist() == [540.0, 900.0]
    assert closes.tolist() == [780.0, 1560.0]
