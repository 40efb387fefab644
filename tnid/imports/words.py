"""What became of a list and of its rows, in words: what happened, why, and what to do now."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

from tnid.employment.attestations import AMBIGUOUS, ENDED, INVITED, MATCHED, UNKNOWN
from tnid.imports.rows import BAD
from tnid.imports.staging import NOT_ALL_READ

OUTCOMES: dict[str, Any] = {
    MATCHED: _("Linked by the worker"),
    INVITED: _("Recorded"),
    ENDED: _("Last day recorded"),
    UNKNOWN: _("Not on the list"),
    AMBIGUOUS: _("Not clear who is meant"),
    BAD: _("Something is wrong"),
}

FIELDS: dict[str, Any] = {
    "staff_code": _("Staff code"),
    "name": _("Name of the worker"),
    "personal_id_number": _("Personal identification number"),
    "birthdate": _("Date of birth"),
    "title": _("Job title"),
    "park": _("Industrial park"),
    "start_date": _("First day"),
    "end_date": _("Last day"),
    "contract_type": _("Kind of contract"),
    "income": _("Average income"),
    "tax_code": _("Tax code"),
}

_SAVE_AS_XLSX = _(
    "This is an old or binary Excel file (.xls, .xlsb). In Excel choose File, Save as, and there Excel"
    " Workbook (.xlsx). Then upload that file."
)


def _old_font(font: str) -> Any:
    return _(
        "The file is written in an old font (%(font)s), in which names would come out wrong. Convert it to"
        " Unicode, for example with UniKey Toolkit, save it, and upload it again.",
        font=font,
    )


LISTS: dict[str, Any] = {
    "empty": _("The file is empty. Choose the file with the list."),
    "too_large": _("The file is too large. Divide the list into several files."),
    "too_many_lists": _("Too many lists are still under way. Wait for them, or remove those broken off."),
    "xls": _SAVE_AS_XLSX,
    "xlsb": _SAVE_AS_XLSX,
    "ods": _("This is an OpenDocument file (.ods). Save it as Excel (.xlsx) or CSV, and upload that file."),
    "pdf": _("This is a PDF. Upload the spreadsheet that it was made of, as Excel (.xlsx) or CSV."),
    "password": _("The file has a password. Remove the password in Excel, save it, and upload it again."),
    "not_a_list": _("This is neither an Excel file (.xlsx) nor CSV. Choose the file with the list."),
    "utf16": _(
        "The file is saved as UTF-16 (in Excel: Unicode Text). Save it as CSV UTF-8 or Excel (.xlsx), and"
        " upload it again."
    ),
    "font_tcvn3": _old_font("TCVN3/ABC, .VnTime"),
    "font_vni": _old_font("VNI"),
    "windows_1258": _(
        "The file is saved in the old Windows-1258 encoding. Save it as CSV UTF-8 or Excel (.xlsx), and"
        " upload it again."
    ),
    "encoding_twice": _(
        "Vietnamese letters in the file are broken: it was opened in the wrong encoding and saved. Go back to"
        " the original list, and save it as Excel (.xlsx)."
    ),
    "encoding": _(
        "The file is in an encoding that isn't known here. Save it as CSV UTF-8 or Excel (.xlsx), and upload"
        " it again."
    ),
    "broken": _("The file is damaged and can't be read. Open it in Excel, save it, and upload it again."),
    "too_much_inside": _(
        "The file unpacks to far more than a list needs. Copy the list alone into a new spreadsheet, and"
        " upload that."
    ),
    "merged_cells": _("The sheet is full of merged cells. Unmerge them in Excel, and upload it again."),
    "several_sheets": _("More than one sheet has a list of workers. Put all workers on one sheet, or hide the"
                        " others."),
    "no_sheet": _("Every sheet of the file is hidden. Unhide the one with the list."),
    "no_heading": _(
        "No row of headings was found among the first 20 rows. Use the template's headings, such as Mã nhân"
        " viên, Họ và tên, Số định danh cá nhân."
    ),
    "heading_twice": _("Two columns have the same heading. Remove or rename one of them."),
    "no_number_column": _(
        "A column is missing by which workers are known: Mã nhân viên or Số định danh cá nhân. Add it and"
        " upload the file again."
    ),
    "no_name_column": _("The column Họ và tên is missing. Add it and upload the file again."),
    "no_rows": _("There is no worker under the headings."),
    "damaged": _("What arrived is not the file that was chosen. Upload it again."),
    "employer_stands_still": _("The organisation is suspended. What was not applied by then was left."),
    "represents_no_more": _("Whoever uploaded the list may do so no more. What was not applied was left."),
    "failed": _("The list could not be taken over, for a reason of our own. Try again later."),
}  # fmt: skip

ROWS: dict[str, Any] = {
    "formula": _("The cell holds a formula. Put the value itself there (copy, then paste as values)."),
    "cell_error": _("The cell shows an error of the spreadsheet's. Put the value itself there."),
    "too_long": _("The text is too long."),
    "turned_into_date": _("The spreadsheet made a date of it. Format the column as text and type it again."),
    "number_as_power": _(
        "The spreadsheet turned the number into a power of ten, and digits are lost. Format the column as"
        " text and type it again."
    ),
    "number_without_zero": _(
        "The spreadsheet took the zeros off the front of the number. Format the column as text and type it"
        " again."
    ),
    "merged": _("Cells are merged here. Unmerge them, so that each worker has a row of their own."),
    "font_tcvn3": _("The name is in an old font (TCVN3). Type it in Unicode."),
    "font_vni": _("The name is in an old font (VNI). Type it in Unicode."),
    "encoding_twice": _("Letters of the name are broken. Type it again."),
    "other_employer": _(
        "The tax code is another employer's. If the column holds the workers' own tax codes, remove it."
    ),
    "tax_code": _("This is no tax code of an employer. If the column is not needed, remove it."),
    "required": _("This is missing."),
    "nobody_named": _(
        "There is neither a staff code nor an identification number: nobody can be recognised."
    ),
    "staff_code_is_number": _(
        "The staff code is an identification number. Put that in its own column, and another code here."
    ),
    "personal_id_number": _("An identification number has 12 digits."),
    "old_card_number": _("This is the 9-digit number of an old card. Put the 12-digit one there."),
    "too_young": _("A worker is 15 years old or more. Check the date of birth."),
    "too_far_ahead": _("The first day is more than three months ahead."),
    "before_start": _("The last day is before the first day."),
    "date": _("This is not a date. For example: 27/03/1995"),
    "unknown_park": _(
        "There is no industrial park of this name in the province. Leave it empty if elsewhere."
    ),
    "contract_type": _("Write: không xác định thời hạn, xác định thời hạn, or thử việc."),
    "amount": _("Write the amount in đồng as digits, for example 9.500.000"),
    "characters": _("Some characters here can't be used. Type it anew instead of pasting it."),
    "name_characters": _("A name has letters only. Leave out digits and symbols."),
    "not_on_list": _("They are not on your list, so there is nothing to end."),
    "number_of_another": _("The identification number is on your list under another staff code."),
    "number_is_settled": _("The worker is on your list with another identification number, which stays."),
    "staff_code_of_another": _("The staff code is on your list with another identification number."),
    "number_twice": _("The identification number is on more than one row of the file."),
    "staff_code_twice": _("The staff code is on more than one row of the file."),
    "changed_meanwhile": _("Somebody changed this worker at the same moment. Upload the row again."),
}
OTHERWISE = _("This can't be accepted. Check it and try again.")


def words_of_row(row: Any) -> str:
    """Return why a row of a report was not taken over, "" where it was."""
    return str(ROWS.get(row.reason, OTHERWISE)) if row.reason else ""


def words_of_field(row: Any) -> str:
    return str(FIELDS[row.field]) if row.field in FIELDS else ""


def words_of_list(reason: str | None) -> str:
    """Return why a list was refused as a whole, "" where it wasn't."""
    return "" if reason in (None, NOT_ALL_READ) else str(LISTS.get(str(reason), OTHERWISE))
