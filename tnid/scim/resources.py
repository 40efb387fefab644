"""The one kind of resource: a User is a worker as their employer tells of them (RFC 7643 §4.1).

Imported by the first request that needs it: scim2-models and pydantic take fifteen megabytes of a worker.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field
from scim2_models import (
    URN,
    CaseExact,
    ComplexAttribute,
    Extension,
    Mutability,
    PatchOp,
    Required,
    Resource,
    ResponseParameters,
    Returned,
    SearchRequest,
    Uniqueness,
)

from tnid.parks import all_parks

USER_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE_SCHEMA = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
# A path may name a schema alone (RFC 7644 §3.10), whose last part must therefore read as a name
EMPLOYMENT_SCHEMA = "urn:vn:thainguyen:id:scim:schemas:employment:2.0:User"
CONFIDENTIAL_SCHEMA = "urn:vn:thainguyen:id:scim:schemas:employment:2.0:Confidential"
CONTRACT_TYPES = ["indefinite", "fixed_term", "probation"]

Text = Annotated[str | None, CaseExact.true]
Secret = Annotated[str | None, CaseExact.true, Mutability.write_only, Returned.never]
Amount = Annotated[int | None, Mutability.write_only, Returned.never]


class Name(ComplexAttribute):
    """The components of the worker's name."""

    formatted: Annotated[str | None, CaseExact.true, Required.true] = Field(
        None,
        description="The whole name, as on the identity card. Made of its parts where only these come.",
        examples=["Nguyễn Thị Lan"],
    )
    family_name: Text = Field(None, description="The family name, such as Nguyễn.")
    middle_name: Text = Field(None, description="What stands between, such as Thị.")
    given_name: Text = Field(None, description="The given name, such as Lan.")


class User(Resource[Any]):
    """A worker of the employer whose token asks."""

    __schema__: ClassVar[URN | None] = URN(USER_SCHEMA)

    external_id: Annotated[str | None, CaseExact.true, Mutability.read_write, Returned.default] = Field(
        None, description="The identifier that your own system has for the worker."
    )
    user_name: Annotated[str | None, CaseExact.true, Uniqueness.server, Required.true] = Field(
        None, description="The worker's staff code: one worker's alone at their employer."
    )
    name: Annotated[Name | None, Required.true] = Field(None, description="The worker's name.")
    title: Text = Field(None, description="What the worker does, such as Công nhân lắp ráp.")
    active: Annotated[bool | None, Required.true] = Field(
        None, description="Whether the worker works here. False ends the employment at this moment."
    )


class EnterpriseUser(Extension):
    """Where in the organisation the worker belongs; kept for the employer, and told nobody."""

    __schema__: ClassVar[URN | None] = URN(ENTERPRISE_SCHEMA)

    employee_number: Text = Field(None, description="A number of the worker in another list of yours.")
    cost_center: Text = Field(None, description="The name of a cost center.")
    organization: Text = Field(None, description="The name of an organization.")
    division: Text = Field(None, description="The name of a division.")
    department: Text = Field(None, description="The name of a department.")


class Employment(Extension):
    """What the employer confirms of the employment; the worker decides field by field what of it is known."""

    __schema__: ClassVar[URN | None] = URN(EMPLOYMENT_SCHEMA)

    start_date: Text = Field(
        None, description="The first day of work, as YYYY-MM-DD.", examples=["2024-01-15"]
    )
    end_date: Text = Field(
        None, description="The last day of work, as YYYY-MM-DD; at its end the employment is over.",
        examples=["2099-12-31"],
    )  # fmt: skip
    contract_type: Text = Field(None, description="The kind of contract.", examples=CONTRACT_TYPES)
    park: Text = Field(
        None, description="The industrial park where the worker works.",
        examples=[park.id for park in all_parks()],
    )  # fmt: skip
    linked: Annotated[bool | None, Mutability.read_only] = Field(
        None, description="True once the worker took this employment up in their account; else absent."
    )


class Confidential(Extension):
    """What is taken and never given back: it is in no representation, and so in no resource type."""

    __schema__: ClassVar[URN | None] = URN(CONFIDENTIAL_SCHEMA)

    personal_id_number: Secret = Field(
        None,
        description="The twelve digits of the identity card, a string. The worker finds the offer by it.",
    )
    birthdate: Secret = Field(None, description="The date of birth, as YYYY-MM-DD.")
    average_income: Amount = Field(
        None, description="The average income of the last twelve months, in whole VND a month."
    )


# What a request may hold. Built by calls: a type checker reads the index of a generic as a type
Worker: Any = User.__class_getitem__(EnterpriseUser | Employment | Confidential)
# What an answer holds, and the resource type lists
Shown: Any = User.__class_getitem__(EnterpriseUser | Employment)
WorkerPatch: Any = PatchOp.__class_getitem__(Worker)
WorkerSearch: Any = SearchRequest.__class_getitem__(Worker)
WorkerParameters: Any = ResponseParameters.__class_getitem__(Worker)
