"""How every public form is printed."""

from django.forms.renderers import TemplatesSetting


class CopydeskRenderer(TemplatesSetting):
    """Prints forms with the project's own templates: label, help and error above the field, a summary on top.

    Django's own templates stay in their place, so that the admin, which uses them too, keeps its look.
    """

    form_template_name = "django/forms/form.html"
    field_template_name = "django/forms/form_field.html"
