"""Addresses of joint procurement."""

from django.urls import path

from procurement.views import procurement

app_name = "procurement"

urlpatterns = [
    # needs: procurements, law, stages, papers, questions, groups, wishes
    path("procurements/", procurement.procurement_list, name="procurement_list"),
    # round: our answer, answers, reminders
    # lists: lists for the central body, notice
    # offers: offers, suppliers, comparison, award
    # contracts: contracts, calendar, taking into use, resources
    # use: cost sharing, use, value
]
