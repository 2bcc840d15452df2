"""Take each guard of the doors away in turn, and show that a test notices: `python -m tests.guards [WORDS] [-- TESTS]`.

A guard is a refusal (`if …: raise NotYours`, each side of an `or` by itself), a call that refuses (`require`,
`platform`) or a word that narrows a query to a shop, a member, a buyer. What passes the function that it stands in is
noted first: the cells of the table of permissions, then tests. Without the guard some cells are tried until one is
wrong, and where none is, the tests that `doors.DOORS` names for its door, the quickest first. Behind the doors, in
`doors.INSIDE`, the guards are those of people (who may, and whose it is; rules of the business are not), and the table
is not tried. WORDS choose guards, TESTS other files of tests (`--` alone: the table only). Ends with 1 if a guard could
go unnoticed.
"""
