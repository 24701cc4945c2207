"""Forms of the admin: they check by the same rules as the services, so that a refusal stands beside its field."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.forms import BaseUserCreationForm, SetPasswordMixin, UsernameField
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.forms import PASSWORD_HINT
from accounts.models import Team, User
from accounts.roles import Role


class _AccountRules(forms.ModelForm):
    by: ClassVar[User]  # set by the ModelAdmin: who saves the form

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Q(pk=self.instance.team_id) if self.instance.team_id else Q(pk=None)
        self.fields["team"].queryset = Team.objects.filter(Q(is_active=True) | own)  # type: ignore[attr-defined]
        self.fields["email"].help_text = _("Where a link for a new password is sent.")

    def _taken(self, field: str, message: Any) -> Any:
        value = self.cleaned_data[field]
        others = User.objects.exclude(pk=self.instance.pk).filter(**{f"{field}__iexact": value})
        if others.exists():
            raise ValidationError(message)
        return value

    def clean_username(self) -> Any:
        return self._taken("username", _("This username is taken"))

    def clean_email(self) -> Any:
        return self._taken("email", _("An account has this email already"))

    @contextmanager
    def _as_field_errors(self) -> Iterator[None]:
        try:
            yield
        except ValidationError as error:
            self.add_error(None, error)

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        if self._is_let_in():
            with self._as_field_errors():
                services.check_role(self.instance)
        if self.instance.pk:
            with self._as_field_errors():
                services.check_own_account(self.instance, self.by)

    def _is_let_in(self) -> bool:
        return True


class AccountForm(_AccountRules):
    """An account that exists."""

    approve = forms.BooleanField(
        label=_("Approve"), required=False, help_text=_("Let this account in with the role and team above.")
    )

    class Meta:
        model = User
        fields = ("username", "display_name", "credentials", "email", "role", "team", "is_active")
        field_classes: ClassVar = {"username": UsernameField}
        help_texts: ClassVar = {
            "is_active": _("Untick to switch the account off: its sessions end at once and nobody can sign in."),
        }

    def _is_let_in(self) -> bool:
        return bool(self.cleaned_data.get("approve") or self.instance.approved_at)


class NewAccountForm(_AccountRules, BaseUserCreationForm):
    """An account that an administrator makes; it is approved from the start."""

    class Meta:
        model = User
        fields = ("username", "display_name", "credentials", "email", "role", "team")
        field_classes: ClassVar = {"username": UsernameField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = PASSWORD_HINT

    def save(self, commit: bool = True) -> User:
        return self.instance  # the ModelAdmin calls the service


class SetPasswordForm(SetPasswordMixin, forms.Form):
    """A new password for somebody, set by an administrator."""

    required_css_class = "required"
    password1, password2 = SetPasswordMixin.create_password_fields()

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)
        self.fields["password1"].widget.attrs["autofocus"] = True
        self.fields["password1"].help_text = PASSWORD_HINT

    def clean(self) -> dict[str, Any]:
        self.validate_passwords()
        self.validate_password_for_user(self.user)
        return self.cleaned_data


class TeamForm(forms.ModelForm):
    """A team, and which leads of other teams lead it as well."""

    further_leads = forms.ModelMultipleChoiceField(
        label=_("Further leads"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Leads of other teams who lead this one as well. They get every right on its patients, at once."),
    )

    class Meta:
        model = Team
        fields = ("name", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leads = User.objects.clinical().filter(role=Role.LEAD).exclude(team=self.instance.pk)
        self.fields["further_leads"].queryset = leads  # type: ignore[attr-defined]
        if self.instance.pk:
            self.fields["further_leads"].initial = leads.filter(groups=self.instance.lead_group_id)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if Team.objects.exclude(pk=self.instance.pk).filter(name__iexact=name).exists():
            raise ValidationError(_("A team has this name already"))
        return name

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if not self.errors and self.instance.pk:
            try:
                services.check_closing(self.instance)
            except ValidationError as error:
                self.add_error(None, error)
