"""Records whose checks the database is asked about together: one question a record, not three a check."""

from django.core.exceptions import FieldError
from django.db import models, router


class Checked(models.Model):
    """A record with many checks. What it refuses, and in which words, is as Django has it."""

    _checks_hold = False  # while its constraints are validated: whether all checks are known to hold

    class Meta:
        abstract = True

    def validate_constraints(self, exclude=None):
        """Validate the constraints; checks are asked about one by one only where they do not hold together."""
        self._checks_hold = self._hold_together(exclude)
        try:
            super().validate_constraints(exclude)
        finally:
            self._checks_hold = False

    def get_constraints(self):
        """Return the constraints that are still to be validated."""
        found = super().get_constraints()
        if not self._checks_hold:
            return found
        return [(model, [each for each in rows if not _is_check(each)]) for model, rows in found]

    def _hold_together(self, exclude):
        """Tell whether all checks hold; False also where a check is about a field that is not validated."""
        found = [
            each.condition for _model, rows in self.get_constraints() for each in rows if _is_check(each)
        ]
        using = router.db_for_write(type(self), instance=self)
        try:
            return models.Q(*found).check(self._get_field_expression_map(self._meta, exclude), using=using)
        except FieldError:
            return False


def _is_check(constraint):
    return isinstance(constraint, models.CheckConstraint)
