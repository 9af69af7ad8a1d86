"""Addresses of joint procurement."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from procurement.views import (
    answers,
    awards,
    commitment_form,
    contract,
    contract_sheet,
    contract_steps,
    costs,
    handover,
    law,
    network,
    notice,
    offers,
    ours,
    procurement,
    resource,
    rounds,
    sharing,
    stages,
    suppliers,
    taking_use,
    usage,
    value,
    wishes,
)

app_name = "procurement"


class CodeConverter(StringConverter):
    """A municipality's number: three digits."""

    regex = "[0-9]{3}"


register_converter(CodeConverter, "code")

urlpatterns = [
    # needs: procurements, law, stages, papers, questions, groups, wishes
    path("procurements/", procurement.procurement_list, name="procurement_list"),
    path("procurements/new/", procurement.procurement_new, name="procurement_new"),
    path("procurements/<int:pk>/", procurement.procurement, name="procurement"),
    path("procurements/<int:pk>/edit/", procurement.procurement_edit, name="procurement_edit"),
    path("procurements/<int:pk>/announce/", procurement.procurement_announce, name="procurement_announce"),
    path("procurements/<int:pk>/end/", procurement.procurement_end, name="procurement_end"),
    path("procurements/<int:pk>/law/", law.procurement_law, name="procurement_law"),
    path("procurements/<int:pk>/law/write/", law.law_write, name="law_write"),
    path("procurements/<int:pk>/stages/", stages.stages, name="stages"),
    path("procurements/<int:pk>/stages/<slug:kind>/", stages.stage_plan, name="stage_plan"),
    path("procurements/<int:pk>/stages/<slug:kind>/done/", stages.stage_done, name="stage_done"),
    path("procurements/<int:pk>/questions/new/", sharing.question_new, name="question_new"),
    path("procurements/questions/<int:pk>/answer/", sharing.question_answer, name="question_answer"),
    path("procurements/questions/<int:pk>/correct/", sharing.question_correct, name="question_correct"),
    path("procurements/<int:pk>/papers/new/", sharing.paper_new, name="paper_new"),
    path("procurements/papers/<int:pk>/", sharing.paper_file, name="paper_file"),
    path("procurements/papers/<int:pk>/publish/", sharing.paper_publish, name="paper_publish"),
    path("procurements/papers/<int:pk>/withdraw/", sharing.paper_withdraw, name="paper_withdraw"),
    path("procurements/<int:pk>/groups/<slug:group>/call/", sharing.group_call, name="group_call"),
    path("procurements/<int:pk>/groups/<slug:group>/offer/", sharing.seat_offer, name="seat_offer"),
    path("procurements/<int:pk>/groups/<slug:group>/name/", sharing.seat_name, name="seat_name"),
    path("procurements/seats/<int:pk>/<slug:verb>/", sharing.seat_act, name="seat_act"),
    path("wishes/", wishes.wish_list, name="wish_list"),
    path("wishes/new/", wishes.wish_new, name="wish_new"),
    path("wishes/<int:pk>/", wishes.wish, name="wish"),
    *[
        path(
            f"wishes/<int:pk>/{verb.replace('_', '-')}/", wishes.wish_act, {"verb": verb}, name=f"wish_{verb}"
        )
        for verb in wishes.FORMS
    ],
    # lists: lists for the central body, notice
    path("procurements/cpv/", notice.cpv_search, name="cpv_search"),
    path("procurements/<int:pk>/lists/", handover.commitment_lists, name="commitment_lists"),
    path("procurements/<int:pk>/lists/make/", handover.commitment_list_make, name="commitment_list_make"),
    path("procurements/<int:pk>/lists/<int:number>/", handover.commitment_list, name="commitment_list"),
    path(
        "procurements/<int:pk>/lists/<int:number>/progress/",
        handover.commitment_list_progress,
        name="commitment_list_progress",
    ),
    path(
        "procurements/<int:pk>/lists/<int:number>/file/",
        handover.commitment_list_file,
        name="commitment_list_file",
    ),
    path(
        "procurements/<int:pk>/lists/<int:number>/again/",
        handover.commitment_list_again,
        name="commitment_list_again",
    ),
    path(
        "procurements/<int:pk>/lists/<int:number>/send/",
        handover.commitment_list_send,
        name="commitment_list_send",
    ),
    path(
        "procurements/<int:pk>/lists/<int:number>/hand-over/",
        handover.commitment_list_hand_over,
        name="commitment_list_hand_over",
    ),
    path("procurements/<int:pk>/forms/", commitment_form.commitment_forms, name="commitment_forms"),
    path(
        "procurements/<int:pk>/forms/print/",
        commitment_form.commitment_form_print,
        name="commitment_form_print",
    ),
    path(
        "procurements/<int:pk>/forms/mark/", commitment_form.commitment_form_mark, name="commitment_form_mark"
    ),
    path(
        "procurements/<int:pk>/forms/progress/",
        commitment_form.commitment_form_progress,
        name="commitment_form_progress",
    ),
    path(
        "procurements/<int:pk>/forms/<uuid:key>/",
        commitment_form.commitment_form_file,
        name="commitment_form_file",
    ),
    path(
        "procurements/<int:pk>/forms/<uuid:key>/again/",
        commitment_form.commitment_form_again,
        name="commitment_form_again",
    ),
    path("procurements/<int:pk>/notice/", notice.notice, name="notice"),
    # offers: offers, suppliers, comparison, award
    path("suppliers/", suppliers.supplier_list, name="supplier_list"),
    path("suppliers/new/", suppliers.supplier_new, name="supplier_new"),
    path("suppliers/<int:pk>/", suppliers.supplier, name="supplier"),
    path("suppliers/<int:pk>/edit/", suppliers.supplier_edit, name="supplier_edit"),
    path("suppliers/<int:pk>/withdraw/", suppliers.supplier_withdraw, name="supplier_withdraw"),
    path("suppliers/<int:pk>/merge/", suppliers.supplier_merge, name="supplier_merge"),
    path("procurements/<int:pk>/grounds/", offers.grounds, name="grounds"),
    path("procurements/<int:pk>/users/", offers.user_counts, name="user_counts"),
    path("procurements/<int:pk>/offers/", offers.offer_list, name="offer_list"),
    path("procurements/<int:pk>/offers/new/", offers.offer_new, name="offer_new"),
    path("procurements/<int:pk>/comparison/", offers.comparison, name="comparison"),
    path("procurements/<int:pk>/award/", awards.award_decide, name="award_decide"),
    path("procurements/<int:pk>/tender/", awards.procurement_tender, name="procurement_tender"),
    path("procurements/<int:pk>/contract/", awards.procurement_contract, name="procurement_contract"),
    path("procurements/<int:pk>/void/", awards.procurement_void, name="procurement_void"),
    path("procurements/<int:pk>/again/", awards.procurement_again, name="procurement_again"),
    path("tenders/<int:pk>/", offers.offer, name="offer"),
    path("tenders/<int:pk>/edit/", offers.offer_edit, name="offer_edit"),
    path("tenders/<int:pk>/judge/", offers.offer_judge, name="offer_judge"),
    path("tenders/<int:pk>/withdraw/", offers.offer_withdraw, name="offer_withdraw"),
    path("awards/<int:pk>/", awards.award, name="award"),
    path("awards/<int:pk>/send/", awards.award_send, name="award_send"),
    path("awards/<int:pk>/standstill/", awards.award_retime, name="award_retime"),
    path("awards/<int:pk>/appeal/", awards.award_appeal, name="award_appeal"),
    path("awards/<int:pk>/annul/", awards.award_annul, name="award_annul"),
    path("awards/<int:pk>/contract/", awards.award_contract, name="award_contract"),
    path("appeals/<int:pk>/arrange/", awards.appeal_arrange, name="appeal_arrange"),
    path("appeals/<int:pk>/settle/", awards.appeal_settle, name="appeal_settle"),
    # round: our answer, answers, reminders
    path("procurements/ours/", network.network, name="network"),
    path("procurements/<int:pk>/ours/", network.drafts, name="drafts"),
    path("procurements/<int:pk>/<code:code>/", ours.ours, name="ours"),
    path("procurements/<int:pk>/round/", rounds.round_open, name="round_open"),
    path("procurements/<int:pk>/round/extend/", rounds.round_extend, name="round_extend"),
    path("procurements/<int:pk>/round/ask/", rounds.round_ask, name="round_ask"),
    path("procurements/<int:pk>/round/remind/", rounds.round_remind, name="round_remind"),
    path("procurements/<int:pk>/round/volumes/", rounds.volumes, name="volumes"),
    path("procurements/<int:pk>/answers/", answers.answer_list, name="answer_list"),
    path("procurements/answers/<int:pk>/record/", answers.answer_record, name="answer_record"),
    path("procurements/answers/<int:pk>/rule/<slug:about>/", answers.answer_rule, name="answer_rule"),
    path("procurements/answers/<int:pk>/withdraw/", answers.answer_withdraw, name="answer_withdraw"),
    path("procurements/answers/<int:pk>/extract/", ours.answer_attach, name="answer_attach"),
    path("procurements/answers/<int:pk>/ask/", network.answer_ask, name="answer_ask"),
    path("procurements/extracts/<int:pk>/", ours.answer_file, name="answer_file"),
    # contracts: contracts, calendar, taking into use, resources
    path("contracts/", contract.contract_list, name="contract_list"),
    path("contracts/new/", contract_steps.contract_new, name="contract_new"),
    path("contracts/import/", contract_sheet.contract_import, name="contract_import"),
    path("contracts/calendar/", contract.exit_calendar, name="exit_calendar"),
    path("contracts/<int:pk>/", contract.contract, name="contract"),
    path("contracts/<int:pk>/edit/", contract_steps.contract_edit, name="contract_edit"),
    path("contracts/<int:pk>/sign/", contract_steps.contract_sign, name="contract_sign"),
    path("contracts/<int:pk>/decide/", contract_steps.contract_decide, name="contract_decide"),
    path("contracts/<int:pk>/notice/", contract_steps.contract_give_notice, name="contract_give_notice"),
    path("contracts/<int:pk>/drop/", contract_steps.contract_drop, name="contract_drop"),
    path("contracts/<int:pk>/participants/new/", contract_steps.contract_add, name="contract_add"),
    path(
        "contracts/<int:pk>/participants/<int:row>/withdraw/",
        contract_steps.participation_withdraw,
        name="participation_withdraw",
    ),
    path(
        "contracts/<int:pk>/participants/<int:row>/leave-out/",
        contract_steps.participation_leave_out,
        name="participation_leave_out",
    ),
    path("contracts/<int:pk>/taking-use/", taking_use.use_standing, name="use_standing"),
    path("contracts/<int:pk>/taking-use/remind/", taking_use.use_remind, name="use_remind"),
    path("contracts/<int:pk>/taking-use/<code:code>/", taking_use.use_list, name="use_list"),
    path("contracts/<int:pk>/taking-use/<code:code>/<slug:kind>/", taking_use.use_step, name="use_step"),
    path("resources/", resource.resource_list, name="resource_list"),
    path("resources/new/", resource.resource_new, name="resource_new"),
    path("resources/access/", resource.resource_access, name="resource_access"),
    path("resources/<int:pk>/", resource.resource, name="resource"),
    path("resources/<int:pk>/edit/", resource.resource_edit, name="resource_edit"),
    path("resources/<int:pk>/own/", resource.holding_new, name="holding_new"),
    path("resources/<int:pk>/own/<int:row>/", resource.holding_end, name="holding_end"),
    # use: cost sharing, use, value
    path("contracts/<int:pk>/costs/", costs.contract_costs, name="contract_costs"),
    path("contracts/<int:pk>/costs/new/", costs.cost_share_new, name="cost_share_new"),
    path("contracts/<int:pk>/costs/<int:share>/", costs.cost_share, name="cost_share"),
    path("contracts/<int:pk>/costs/<int:share>/edit/", costs.cost_share_edit, name="cost_share_edit"),
    path("contracts/<int:pk>/costs/<int:share>/freeze/", costs.cost_share_freeze, name="cost_share_freeze"),
    path("contracts/<int:pk>/costs/<int:share>/vat/", costs.cost_share_settle, name="cost_share_settle"),
    path("contracts/<int:pk>/costs/<int:share>/charge/", costs.cost_share_charge, name="cost_share_charge"),
    path(
        "contracts/<int:pk>/costs/<int:share>/withdraw/",
        costs.cost_share_withdraw,
        name="cost_share_withdraw",
    ),
    path(
        "contracts/<int:pk>/costs/<int:share>/ledger/<int:batch>.<slug:kind>",
        costs.cost_share_file,
        name="cost_share_file",
    ),
    path("contracts/<int:pk>/use/", usage.contract_use, name="contract_use"),
    path("contracts/<int:pk>/use/figures/", usage.usage_figures, name="usage_figures"),
    path("contracts/<int:pk>/use/<int:file>/", usage.usage_file, name="usage_file"),
    path("contracts/<int:pk>/use/<int:file>/progress/", usage.usage_progress, name="usage_progress"),
    path("contracts/<int:pk>/use/<int:file>/file/", usage.usage_original, name="usage_original"),
    path("contracts/<int:pk>/use/<int:file>/columns/", usage.usage_columns, name="usage_columns"),
    path("contracts/<int:pk>/use/<int:file>/whose/", usage.usage_places, name="usage_places"),
    path("contracts/<int:pk>/use/<int:file>/aside/", usage.usage_aside, name="usage_aside"),
    path("municipality/<slug:code>/value/<int:year>/", value.value, name="value"),
    path("municipality/<slug:code>/value/<int:year>/progress/", value.value_progress, name="value_progress"),
    path(
        "municipality/<slug:code>/value/<int:year>/<slug:language>.pdf", value.value_file, name="value_file"
    ),
]
