"""The tables of the code-set store: one row per code and validity period, releases and hashes in a table of sources."""

from __future__ import annotations

from typing import Final

VERSION: Final = 3
"""Raised when the layout changes: a store of another version is built again."""

TABLES: Final = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE source (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, release TEXT NOT NULL, coverage TEXT NOT NULL, effective_from INTEGER NOT NULL,
    origin TEXT NOT NULL, source TEXT NOT NULL, licence TEXT NOT NULL, sha256 TEXT NOT NULL, row_count INTEGER NOT NULL,
    imported_on TEXT NOT NULL DEFAULT '');
CREATE TABLE code (
    system TEXT NOT NULL, code TEXT NOT NULL, valid_from INTEGER NOT NULL, valid_to INTEGER NOT NULL, billable INTEGER NOT NULL,
    title TEXT NOT NULL, short TEXT NOT NULL, kind TEXT NOT NULL, parent TEXT NOT NULL,
    PRIMARY KEY (system, code, valid_from)) WITHOUT ROWID;
CREATE TABLE full_list (
    system TEXT NOT NULL, first_day INTEGER NOT NULL, PRIMARY KEY (system, first_day)) WITHOUT ROWID;
CREATE TABLE note (
    release INTEGER NOT NULL, code TEXT NOT NULL, seq INTEGER NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL,
    PRIMARY KEY (release, code, seq)) WITHOUT ROWID;
CREATE TABLE synonym (
    system TEXT NOT NULL, code TEXT NOT NULL, text TEXT NOT NULL, kind TEXT NOT NULL,
    PRIMARY KEY (system, code, text)) WITHOUT ROWID;
CREATE TABLE book_entry (
    book TEXT NOT NULL, id INTEGER NOT NULL, parent INTEGER NOT NULL, level INTEGER NOT NULL, title TEXT NOT NULL,
    nonessential TEXT NOT NULL, code TEXT NOT NULL, see TEXT NOT NULL, see_also TEXT NOT NULL, cells TEXT NOT NULL,
    PRIMARY KEY (book, id)) WITHOUT ROWID;
CREATE TABLE pcs_axis (
    pcs_table TEXT NOT NULL, row_no INTEGER NOT NULL, position INTEGER NOT NULL, value TEXT NOT NULL, title TEXT NOT NULL,
    label TEXT NOT NULL, PRIMARY KEY (pcs_table, row_no, position, value)) WITHOUT ROWID;
CREATE TABLE pcs_definition (
    section TEXT NOT NULL, axis TEXT NOT NULL, term TEXT NOT NULL, definition TEXT NOT NULL, explanation TEXT NOT NULL,
    includes TEXT NOT NULL, PRIMARY KEY (section, axis, term)) WITHOUT ROWID;
CREATE TABLE poa_exempt (
    code TEXT NOT NULL, valid_from INTEGER NOT NULL, valid_to INTEGER NOT NULL, PRIMARY KEY (code, valid_from)) WITHOUT ROWID;
CREATE TABLE mce (
    system TEXT NOT NULL, code TEXT NOT NULL, valid_from INTEGER NOT NULL, valid_to INTEGER NOT NULL, attributes TEXT NOT NULL,
    PRIMARY KEY (system, code, valid_from)) WITHOUT ROWID;
CREATE TABLE ncci (
    column1 TEXT NOT NULL, column2 TEXT NOT NULL, setting TEXT NOT NULL, effective INTEGER NOT NULL, deleted INTEGER NOT NULL,
    modifier TEXT NOT NULL, rationale INTEGER NOT NULL,
    PRIMARY KEY (column1, column2, setting, effective)) WITHOUT ROWID;
CREATE TABLE ncci_rationale (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE mue (
    code TEXT NOT NULL, setting TEXT NOT NULL, effective INTEGER NOT NULL, ended INTEGER NOT NULL, units INTEGER NOT NULL,
    mai TEXT NOT NULL, rationale TEXT NOT NULL, PRIMARY KEY (code, setting, effective)) WITHOUT ROWID;
CREATE TABLE add_on (
    code TEXT NOT NULL, primary_code TEXT NOT NULL, effective INTEGER NOT NULL, deleted INTEGER NOT NULL, type TEXT NOT NULL,
    PRIMARY KEY (code, primary_code, effective)) WITHOUT ROWID;
CREATE TABLE rvu (
    code TEXT NOT NULL, modifier TEXT NOT NULL, valid_from INTEGER NOT NULL, valid_to INTEGER NOT NULL, facts TEXT NOT NULL,
    PRIMARY KEY (code, modifier, valid_from)) WITHOUT ROWID;
CREATE TABLE gpci (
    carrier TEXT NOT NULL, locality TEXT NOT NULL, year INTEGER NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL,
    work TEXT NOT NULL, pe TEXT NOT NULL, malpractice TEXT NOT NULL, PRIMARY KEY (carrier, locality, year)) WITHOUT ROWID;
CREATE TABLE fee (
    schedule TEXT NOT NULL, code TEXT NOT NULL, modifier TEXT NOT NULL, area TEXT NOT NULL, valid_from INTEGER NOT NULL,
    valid_to INTEGER NOT NULL, amount TEXT NOT NULL, facts TEXT NOT NULL,
    PRIMARY KEY (schedule, code, modifier, area, valid_from)) WITHOUT ROWID;
CREATE TABLE zip_locality (
    zip TEXT NOT NULL, carrier TEXT NOT NULL, locality TEXT NOT NULL, state TEXT NOT NULL, rural TEXT NOT NULL, period TEXT NOT NULL,
    PRIMARY KEY (zip, carrier, locality)) WITHOUT ROWID;
CREATE TABLE locality_county (
    carrier TEXT NOT NULL, locality TEXT NOT NULL, year INTEGER NOT NULL, state TEXT NOT NULL, area TEXT NOT NULL,
    counties TEXT NOT NULL, PRIMARY KEY (carrier, locality, year)) WITHOUT ROWID;
CREATE TABLE drg (
    drg TEXT NOT NULL, year INTEGER NOT NULL, mdc TEXT NOT NULL, type TEXT NOT NULL, title TEXT NOT NULL, weight TEXT NOT NULL,
    gmlos TEXT NOT NULL, amlos TEXT NOT NULL, post_acute TEXT NOT NULL, special_pay TEXT NOT NULL,
    PRIMARY KEY (drg, year)) WITHOUT ROWID;
CREATE TABLE complication (
    code TEXT NOT NULL, year INTEGER NOT NULL, level TEXT NOT NULL, exclusions TEXT NOT NULL,
    PRIMARY KEY (code, year)) WITHOUT ROWID;
CREATE TABLE complication_exclusion (
    collection TEXT NOT NULL, year INTEGER NOT NULL, code TEXT NOT NULL, PRIMARY KEY (year, collection, code)) WITHOUT ROWID;
CREATE TABLE coverage_article (
    article TEXT NOT NULL, version TEXT NOT NULL, code_system TEXT NOT NULL, code TEXT NOT NULL, grp TEXT NOT NULL,
    relation TEXT NOT NULL, PRIMARY KEY (article, version, relation, grp, code_system, code)) WITHOUT ROWID;
CREATE TABLE article (
    article TEXT NOT NULL, version TEXT NOT NULL, title TEXT NOT NULL, status TEXT NOT NULL, effective INTEGER NOT NULL,
    ended INTEGER NOT NULL, document TEXT NOT NULL, PRIMARY KEY (article, version)) WITHOUT ROWID;
CREATE TABLE determination (
    kind TEXT NOT NULL, id TEXT NOT NULL, version TEXT NOT NULL, document TEXT NOT NULL, title TEXT NOT NULL, status TEXT NOT NULL,
    effective INTEGER NOT NULL, ended INTEGER NOT NULL, PRIMARY KEY (kind, id, version)) WITHOUT ROWID;
CREATE TABLE contractor (
    contractor TEXT PRIMARY KEY, number TEXT NOT NULL, name TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE contractor_state (
    contractor TEXT NOT NULL, state_id TEXT NOT NULL, PRIMARY KEY (contractor, state_id)) WITHOUT ROWID;
CREATE TABLE coverage_state (state_id TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE gem (
    direction TEXT NOT NULL, source_code TEXT NOT NULL, target_code TEXT NOT NULL, flags TEXT NOT NULL,
    PRIMARY KEY (direction, source_code, target_code, flags)) WITHOUT ROWID;
CREATE TABLE provider (
    npi TEXT PRIMARY KEY, entity TEXT NOT NULL, name TEXT NOT NULL, taxonomies TEXT NOT NULL, state TEXT NOT NULL, zip TEXT NOT NULL,
    deactivated TEXT NOT NULL) WITHOUT ROWID;
"""

CODE_WORDS: Final = """
CREATE VIRTUAL TABLE code_words USING fts5 (
    system UNINDEXED, code UNINDEXED, title, tokenize = 'porter unicode61 remove_diacritics 2', detail = none)"""
BOOK_WORDS: Final = """
CREATE VIRTUAL TABLE book_words USING fts5 (
    book UNINDEXED, id UNINDEXED, title, tokenize = 'porter unicode61 remove_diacritics 2', detail = none)"""
WORDS: Final = {"code_words": CODE_WORDS, "book_words": BOOK_WORDS}
"""The full-text tables: made anew when they are filled, so that the same content is the same file."""

INDEXES: Final = """
CREATE INDEX code_parent ON code (system, parent, code);
CREATE INDEX ncci_column2 ON ncci (column2, column1);
CREATE INDEX coverage_article_code ON coverage_article (code);
CREATE INDEX book_entry_parent ON book_entry (book, parent);
CREATE INDEX book_entry_code ON book_entry (code);
CREATE INDEX add_on_primary ON add_on (primary_code);
"""
