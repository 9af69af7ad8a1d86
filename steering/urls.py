"""Addresses of the steering group's work."""

from django.urls import path

from steering.views import (
    actions,
    annual_reports,
    bodies,
    dashboard,
    front,
    items,
    meetings,
    minutes,
    open_data,
    plans,
    polls,
    projects,
    proposals,
    room,
    vote,
    written,
)

app_name = "steering"

urlpatterns = [
    path("", front.front, name="front"),
    # seats: bodies, candidates, appointments, terms
    path("bodies/", bodies.body_list, name="body_list"),
    path("bodies/new/", bodies.body_new, name="body_new"),
    path("bodies/<int:pk>/", bodies.body, name="body"),
    path("bodies/<int:pk>/representation/", bodies.representation, name="representation"),
    path("bodies/<int:pk>/candidates/new/", bodies.candidate_new, name="candidate_new"),
    path("bodies/<int:pk>/appoint/", bodies.appointment_new, name="appointment_new"),
    path("candidates/<int:pk>/withdraw/", bodies.candidate_withdraw, name="candidate_withdraw"),
    path("terms/<int:pk>/resign/", bodies.term_resign, name="term_resign"),
    path("terms/<int:pk>/take-over/", bodies.term_take_over, name="term_take_over"),
    # proposals and actions
    path("proposals/", proposals.proposal_list, name="proposal_list"),
    path("proposals/new/", proposals.proposal_new, name="proposal_new"),
    path("proposals/<int:pk>/", proposals.proposal, name="proposal"),
    path("proposals/<int:pk>/agenda/", proposals.proposal_agenda, name="proposal_agenda"),
    path("proposals/<int:pk>/files/new/", proposals.attachment_new, name="attachment_new"),
    path("proposals/files/<int:pk>/", proposals.attachment_file, name="attachment_file"),
    path("proposals/files/<int:pk>/remove/", proposals.attachment_remove, name="attachment_remove"),
    *[
        path(
            f"proposals/<int:pk>/{verb.replace('_', '-')}/",
            proposals.proposal_act,
            {"verb": verb},
            name=f"proposal_{verb}",
        )
        for verb in proposals.FORMS
    ],
    path("actions/", actions.action_list, name="action_list"),
    path("actions/new/", actions.action_new, name="action_new"),
    path("actions/<int:pk>/", actions.action, name="action"),
    *[
        path(f"actions/<int:pk>/{verb}/", actions.action_act, {"verb": verb}, name=f"action_{verb}")
        for verb in actions.FORMS
    ],
    # call: meetings before they begin, date polls, the agenda and its papers
    path("meetings/", meetings.meeting_list, name="meeting_list"),
    path("meetings/new/", meetings.meeting_new, name="meeting_new"),
    path("meetings/<int:pk>/", meetings.meeting, name="meeting"),
    path("meetings/<int:pk>/edit/", meetings.meeting_edit, name="meeting_edit"),
    path("meetings/<int:pk>/call/", meetings.meeting_call, name="meeting_call"),
    path("meetings/<int:pk>/change/", meetings.meeting_change, name="meeting_change"),
    path("meetings/<int:pk>/cancel/", meetings.meeting_cancel, name="meeting_cancel"),
    path("meetings/<int:pk>/answer/", meetings.meeting_answer, name="meeting_answer"),
    path("meetings/<int:pk>/calendar/", meetings.meeting_calendar, name="meeting_calendar"),
    path("meetings/<int:pk>/agenda/", meetings.agenda_again, name="agenda_again"),
    path("meetings/agendas/<int:pk>/", meetings.agenda_file, name="agenda_file"),
    path("meetings/<int:pk>/poll/", polls.poll, name="poll"),
    path("meetings/<int:pk>/poll/new/", polls.poll_new, name="poll_new"),
    path("meetings/<int:pk>/poll/choose/", polls.poll_choose, name="poll_choose"),
    path("meetings/<int:pk>/items/new/", items.item_new, name="item_new"),
    path("items/<int:pk>/", items.item, name="item"),
    path("items/<int:pk>/edit/", items.item_edit, name="item_edit"),
    path("items/<int:pk>/move/", items.item_move, name="item_move"),
    path("items/<int:pk>/restrict/", items.item_restrict, name="item_restrict"),
    path("items/<int:pk>/open/", items.item_open, name="item_open"),
    path("items/<int:pk>/remove/", items.item_remove, name="item_remove"),
    path("items/<int:pk>/papers/new/", items.paper_new, name="paper_new"),
    path("items/papers/<int:pk>/", items.paper_file, name="paper_file"),
    path("items/papers/<int:pk>/open/", items.paper_open, name="paper_open"),
    path("items/papers/<int:pk>/restrict/", items.paper_restrict, name="paper_restrict"),
    path("items/papers/<int:pk>/withdraw/", items.paper_withdraw, name="paper_withdraw"),
    # room: the meeting itself
    path("meetings/<int:pk>/record/", room.record, name="record"),
    path("meetings/<int:pk>/record/<slug:verb>/", room.record_act, name="record_act"),
    path("meetings/<int:pk>/vote/", vote.vote, name="vote"),
    path("items/<int:pk>/act/<slug:verb>/", room.item_act, name="item_act"),
    # minutes and written procedure
    path("minutes/", minutes.minutes_list, name="minutes_list"),
    path("minutes/names/", minutes.names_period, name="names_period"),
    path("minutes/papers/<uuid:key>/", minutes.minutes_paper_file, name="minutes_paper"),
    path("minutes/<int:pk>/", minutes.minutes, name="minutes"),
    path("minutes/<int:pk>/progress/", minutes.minutes_progress, name="minutes_progress"),
    path("minutes/<int:pk>/again/", minutes.minutes_again, name="minutes_again"),
    path("minutes/<int:pk>/signed/", minutes.minutes_signed, name="minutes_signed"),
    path("minutes/<int:pk>/<int:number>/", minutes.minutes_item, name="minutes_item"),
    path("minutes/<int:pk>/<int:number>/word/", minutes.minutes_word, name="minutes_word"),
    path("minutes/<int:pk>/<int:number>/correct/", minutes.minutes_correct, name="minutes_correct"),
    path("minutes/<int:pk>/<int:number>/extract/", minutes.minutes_extract, name="minutes_extract"),
    *[
        path(
            f"minutes/<int:pk>/{verb.replace('_', '-')}/",
            minutes.minutes_act,
            {"verb": verb},
            name=f"minutes_{verb}",
        )
        for verb in minutes.FORMS
    ],
    path("written/", written.written_list, name="written_list"),
    path("written/new/", written.written_new, name="written_new"),
    path("written/<int:pk>/", written.written, name="written"),
    *[
        path(
            f"written/<int:pk>/{verb.replace('_', '-')}/",
            written.written_act,
            {"verb": verb},
            name=f"written_{verb}",
        )
        for verb in written.FORMS
    ],
    # figures: the dashboard
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("dashboard/<int:year>/", dashboard.dashboard, name="dashboard_of"),
    path("dashboard/<int:year>/<slug:key>/", dashboard.figure, name="figure"),
    # plan: projects, plans of action, annual reports, open data
    path("projects/", projects.project_list, name="project_list"),
    path("projects/new/", projects.project_new, name="project_new"),
    path("projects/<int:pk>/", projects.project, name="project"),
    *[
        path(f"projects/<int:pk>/{verb}/", projects.project_act, {"verb": verb}, name=f"project_{verb}")
        for verb in projects.FORMS
    ],
    path("plans/", plans.plan_list, name="plan_list"),
    path("plans/new/", plans.plan_new, name="plan_new"),
    path("plan/<int:year>/", plans.plan, name="plan"),
    path("plan/<int:year>/edit/", plans.plan_edit, name="plan_edit"),
    path("plan/<int:year>/publish/", plans.plan_publish, name="plan_publish"),
    path("plan/<int:year>/goals/new/", plans.goal_new, name="goal_new"),
    path("goals/<int:pk>/edit/", plans.goal_edit, name="goal_edit"),
    path("goals/<int:pk>/remove/", plans.goal_remove, name="goal_remove"),
    path("indicators/<int:pk>/", plans.indicator_account, name="indicator_account"),
    path("report/new/", annual_reports.report_new, name="report_new"),
    path("report/<int:year>/", annual_reports.report, name="report"),
    path("report/<int:year>/publish/", annual_reports.report_publish, name="report_publish"),
    path("report/<int:year>/reopen/", annual_reports.report_reopen, name="report_reopen"),
    path("report/<int:year>/<int:number>/progress/", annual_reports.report_progress, name="report_progress"),
    path("report/<int:year>/<int:number>/again/", annual_reports.report_again, name="report_again"),
    path(
        "report/<int:year>/<int:number>/<slug:language>.pdf", annual_reports.report_file, name="report_file"
    ),
    path("report/<int:year>/write/<slug:kind>/", annual_reports.report_write, name="report_write"),
    path("report/<int:year>/fill/<slug:kind>/", annual_reports.report_fill, name="report_fill"),
    path("open-data/", open_data.open_data, name="open_data"),
    path("open-data/<slug:name>/", open_data.open_table, name="open_table"),
]
