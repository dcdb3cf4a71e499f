//! The codes of findings: one for each sort of mistake, with the paragraph that explains it.

/// Declares the codes with their words and paragraphs.
macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident = $word:literal: $page:literal),+ $(,)?) => {
        /// A sort of mistake, by its stable kebab-case word.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $(#[doc = $page] $code),+ }

        /// Every code, in the order of the page that explains them.
        pub const CODES: &[Code] = &[$(Code::$code),+];

        impl Code {
            /// The stable word.
            pub const fn word(self) -> &'static str {
                match self { $(Code::$code => $word),+ }
            }
            /// The code of that word.
            pub fn parse(word: &str) -> Option<Code> {
                CODES.iter().copied().find(|code| code.word() == word)
            }
            /// The paragraph that explains it: what it means, an example, how to mend it.
            pub const fn page(self) -> &'static str {
                match self { $(Code::$code => $page),+ }
            }
        }
    };
}

codes! {
    TomlSyntax = "toml-syntax": "toml-syntax.",
    NotUtf8 = "not-utf8": "not-utf8.",
    FileTooLarge = "file-too-large": "file-too-large.",
    TooManyFiles = "too-many-files": "too-many-files.",
    TooMuch = "too-much": "too-much.",
    NoTitlePage = "no-title-page": "no-title-page.",
    UnknownBase = "unknown-base": "unknown-base.",
    CircularBase = "circular-base": "circular-base.",
    IdleOverlay = "idle-overlay": "idle-overlay.",
    UnknownRemoval = "unknown-removal": "unknown-removal.",
    UnknownKey = "unknown-key": "unknown-key.",
    MisplacedKey = "misplaced-key": "misplaced-key.",
    WrongType = "wrong-type": "wrong-type.",
    MissingKey = "missing-key": "missing-key.",
    MissingTranslation = "missing-translation": "missing-translation.",
    MissingChapter = "missing-chapter": "missing-chapter.",
    UnlistedChapter = "unlisted-chapter": "unlisted-chapter.",
    DuplicateName = "duplicate-name": "duplicate-name.",
    DuplicateKey = "duplicate-key": "duplicate-key.",
    BadName = "bad-name": "bad-name.",
    ReservedName = "reserved-name": "reserved-name.",
    NameCollision = "name-collision": "name-collision.",
    BadZone = "bad-zone": "bad-zone.",
    BadDayEnd = "bad-day-end": "bad-day-end.",
    BadDate = "bad-date": "bad-date.",
    BadAmount = "bad-amount": "bad-amount.",
    MixedAmount = "mixed-amount": "mixed-amount.",
    DatesOutOfOrder = "dates-out-of-order": "dates-out-of-order.",
    AmountHole = "amount-hole": "amount-hole.",
    WrongAmount = "wrong-amount": "wrong-amount.",
    UnknownName = "unknown-name": "unknown-name.",
    UnknownWord = "unknown-word": "unknown-word.",
    NotAvailable = "not-available": "not-available.",
    TypeMismatch = "type-mismatch": "type-mismatch.",
    BareNumber = "bare-number": "bare-number.",
    DraftFigure = "draft-figure": "draft-figure.",
    GroupAsPerson = "group-as-person": "group-as-person.",
    PersonAsGroup = "person-as-group": "person-as-group.",
    MomentaryFact = "momentary-fact": "momentary-fact.",
    CircularFact = "circular-fact": "circular-fact.",
    NoSuchPermission = "no-such-permission": "no-such-permission.",
    ExpressionSyntax = "expression-syntax": "expression-syntax.",
    ExpressionReservedWord = "expression-reserved-word": "expression-reserved-word.",
    ExpressionNotAllowed = "expression-not-allowed": "expression-not-allowed.",
    ExpressionTooLarge = "expression-too-large": "expression-too-large.",
    BadTemplate = "bad-template": "bad-template.",
    ScriptCompareTypes = "script-compare-types": "x.",
    ScriptCycle = "script-cycle": "x.",
    ScriptDivision = "script-division": "x.",
    ScriptDuplicateFunction = "script-duplicate-function": "x.",
    ScriptForbidden = "script-forbidden": "x.",
    ScriptImport = "script-import": "x.",
    ScriptName = "script-name": "x.",
    ScriptReservedWord = "script-reserved-word": "x.",
    ScriptShadowed = "script-shadowed": "x.",
    ScriptSyntax = "script-syntax": "x.",
    ScriptTooLarge = "script-too-large": "x.",
    ScriptTopLevel = "script-top-level": "x.",
    ScriptUndocumented = "script-undocumented": "x.",
    ScriptUnknownConstant = "script-unknown-constant": "x.",
    ScriptUnknownFunction = "script-unknown-function": "x.",
    ScriptUnknownModule = "script-unknown-module": "x.",
    ScriptUnknownVariable = "script-unknown-variable": "x.",
    UnknownScript = "unknown-script": "unknown-script.",
    UnknownMoment = "unknown-moment": "unknown-moment.",
    WrongMoment = "wrong-moment": "wrong-moment.",
    MixedSorts = "mixed-sorts": "mixed-sorts.",
    TooEarly = "too-early": "too-early.",
    ClauseWithoutEffect = "clause-without-effect": "clause-without-effect.",
    PrincipleWithAnswers = "principle-with-answers": "principle-with-answers.",
    OtherwiseWithConditions = "otherwise-with-conditions": "otherwise-with-conditions.",
    TwoOtherwise = "two-otherwise": "two-otherwise.",
    UnknownClause = "unknown-clause": "unknown-clause.",
    IdleOverride = "idle-override": "idle-override.",
    MutualOverride = "mutual-override": "x.",
    IdleUntil = "idle-until": "idle-until.",
    ClausesDiffer = "clauses-differ": "clauses-differ.",
    ShareSum = "share-sum": "share-sum.",
    UnreachableRow = "unreachable-row": "unreachable-row.",
    ReasonWithoutRow = "reason-without-row": "reason-without-row.",
    Unused = "unused": "unused.",
}
