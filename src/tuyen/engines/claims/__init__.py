"""The insurance claim: read and written exactly, judged by rules held as data, and priced.

Nothing here knows a decision by number: tables, fields, lists, benefits and checks are given as plain
values (`rulebook.Rulebook`), so a new decision is new data. Money is `decimal.Decimal`, never a float.
"""
