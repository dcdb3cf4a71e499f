//! The codes of findings: one for each sort of mistake, with the paragraph that explains it.

/// Declares the codes with their words and paragraphs.
macro_rules! codes {
    ($($code:ident = $word:literal: $page:literal),+ $(,)?) => {
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
    TomlSyntax = "toml-syntax": "The file is not valid TOML: a quote or a bracket is not closed, or a value has no form \
        of TOML. Names are looked up again once every file can be read. Example: `title = { en = \
        \"Text` has no closing quote and brace.",
    NotUtf8 = "not-utf8": "The file is not UTF-8 text from the marked byte on; an editor has saved it in another \
        encoding, such as GB 18030. Save it as UTF-8.",
    FileTooLarge = "file-too-large": "A file of a policy is larger than one mebibyte, and was not read. No rulebook needs \
        that: divide it into chapters, or move what is not a rule elsewhere.",
    TooManyFiles = "too-many-files": "The folder has more than 200 files that count as parts of a policy (`*.toml` in it, \
        `*.rhai` in its `scripts`). Join some, or move what does not belong to the policy \
        elsewhere.",
    TooMuch = "too-much": "The policy declares more than the program takes: thousands of clauses, or declarations \
        that read one another dozens deep. Divide the policy, or read the story more directly.",
    NoTitlePage = "no-title-page": "A policy is a folder with a title page, `policy.toml`: name, title, time zone, chapters, \
        roles, rotas. This folder has none.",
    UnknownBase = "unknown-base": "`extends` names a policy that is not there. Name a folder under `policies/`, as in \
        `extends = \"base-office\"`, or write a path that begins with a point, as in `extends = \
        \"../base-office\"`.",
    CircularBase = "circular-base": "A policy extends another that, directly or not, extends it again; or more than eight \
        extend one another. Let each policy state only how it differs from one that does not \
        know it.",
    IdleOverlay = "idle-overlay": "A part of a policy that extends another says what the other says already, so it changes \
        nothing. Whoever reads the difference between two offices would be misled: leave the \
        part out, or change it.",
    UnknownRemoval = "unknown-removal": "`remove` names something that is not in the policy that is extended. It takes ids (all \
        parts of a printed rule), keys (one part), and declarations, as in `remove = [\"4.2\", \
        \"amount.some_days\"]`.",
    UnknownKey = "unknown-key": "A key that nothing reads, so what it says would be dropped in silence. Mostly a slip, as \
        in `titel = …` for `title = …`; the nearest known key is named.",
    MisplacedKey = "misplaced-key": "A key of the title page stands in another file. Name, zone, chapters, roles and rotas \
        are said once, in `policy.toml`; every file may hold amounts, facts, people, windows, \
        events, violations and clauses.",
    WrongType = "wrong-type": "A key holds another sort of value than it takes: a number where a text is needed, a text \
        where a table is needed, or an answer that names nobody. Example: `when = \
        'owner.exists'` must be a list: `when = ['owner.exists']`.",
    MissingKey = "missing-key": "A key that is needed is not there. Every clause has an `id` and a `title`; one that \
        answers something also `says` what the person concerned is told; amounts and facts have \
        a `source` and a `text`.",
    MissingTranslation = "missing-translation": "A text that people read is there in one language only. Every title and every notice is \
        written in English and in Chinese: `title = { en = \"…\", zh = \"…\" }`.",
    MissingChapter = "missing-chapter": "`chapters` lists a file that is not in the folder. Chapters are named without `.toml`, \
        in the order of the printed book.",
    UnlistedChapter = "unlisted-chapter": "A file holds clauses and is not among the `chapters` of the title page, so nobody could \
        say where in the book they stand. Add its name, without `.toml`.",
    DuplicateName = "duplicate-name": "Something is declared or named twice: a key in one table, an amount in two files, a \
        chapter, a moment or an override in one list, a person in one share. One of the two \
        would be dropped in silence.",
    DuplicateKey = "duplicate-key": "Two clauses have the same `key`. Keys are how `overrides`, `remove` and coverage speak \
        of one part of a printed rule; without `key` a clause has its id, and later parts `#2`, \
        `#3`.",
    BadName = "bad-name": "A name or a word that is not one: names are small ASCII letters, digits and `_`, \
        beginning with a letter. Titles and texts are free; names stand in conditions.",
    ReservedName = "reserved-name": "A declared name is a word that the expression language keeps for itself (`new`, `with`, \
        `default`, `match`, `shared`, …), so no condition could read it. Choose another name.",
    NameCollision = "name-collision": "A declared name already means something: a part in the case, an event, a fact of the \
        program, a field of every event. A condition that uses it could mean either. Choose \
        another name.",
    BadZone = "bad-zone": "`zone` is not a name of the IANA list of time zones. Write it as in `zone = \
        \"Asia/Shanghai\"`; `China Standard Time` or `UTC+8` are not in the list.",
    BadDayEnd = "bad-day-end": "`day_ends` is not a time of day at which an office's day can end: `\"24:00\"`, or up to \
        `\"12:00\"` of the next date, as in `\"04:00\"`.",
    BadDate = "bad-date": "A date that cannot be read, or that the calendar does not have, such as 2023-02-29. \
        Dates are written as in 2024-07-01.",
    BadAmount = "bad-amount": "A figure that cannot be read. Amounts carry their unit: a length of time, money in \
        `yuan` with two places, a count with its word, `parts`, a time of day (`18:30`), a share of the whole with `%` or \
        `/`, or a list of words.",
    MixedAmount = "mixed-amount": "An amount changes its sort over time: first a length of time, later a count. What reads \
        it could not know what it gets. Declare a second amount.",
    DatesOutOfOrder = "dates-out-of-order": "Dates do not stand in their order, or a clause ends before it begins. The earliest date \
        comes first, so that a reader sees what holds today at the end; `until` is the first day \
        on which something no longer holds.",
    AmountHole = "amount-hole": "An amount has no value for a time in which the policy is already in force (`in_force` of \
        the title page). Give it a value from that day on.",
    WrongAmount = "wrong-amount": "An amount stands where another sort of figure is needed: a window needs a length of \
        time, a fine needs money, a share needs parts or a fraction. A bare figure stands where \
        an amount's name is needed.",
    UnknownName = "unknown-name": "A name that nothing has: no person, no fact, no amount, no window, no role is called so. \
        Mostly a slip; the nearest known name is given.",
    UnknownWord = "unknown-word": "A word that the value can never be, so the comparison would always be false: \
        `owner.state == \"asleep\"` where states are `active`, `sleeping`, and so on. Or a key \
        that takes one of a few words has another.",
    NotAvailable = "not-available": "A condition or an answer speaks of somebody or something that is not there at that \
        moment: `inspector` on a visit, `deal` when a visit comes in, a field of another event. \
        What is there is listed.",
    TypeMismatch = "type-mismatch": "Values of different types are compared, or a value is no yes or no where a condition \
        needs one: a person with a word, a time with a day, a window as if it were a time.",
    BareNumber = "bare-number": "A condition holds a number. Every figure that an office may change is an amount with \
        dates and a source: declare `[amount.too_many]` and write `>= amount.too_many`.",
    DraftFigure = "draft-figure": "A clause holds a figure of the office, such as `{ owner = 7, closer = 3 }`. That does \
        for a draft; a policy in use names amounts, so that a figure can be changed by date and \
        traced to its source.",
    GroupAsPerson = "group-as-person": "Several people stand where one is needed: a fact of a group is read, a group receives a \
        visit, or each of a group has the whole. Of a group only `.exists` and `.count` are \
        read; declare one of them with `first` or `last`, or give each a part with `each`.",
    PersonAsGroup = "person-as-group": "One person is treated as several: counted with `.count`, or given a part with `each`. \
        Ask `.exists`, or leave `each` out.",
    MomentaryFact = "momentary-fact": "A share reads a fact that is only true at the moment (away, can receive, what a role may \
        do). A share stands for good: it would change when somebody comes back from lunch. Keep \
        what was so when it mattered: a fact with `last = \"visit\"` and `value`.",
    CircularFact = "circular-fact": "A fact or a person is declared by way of itself, directly or through others. Break the \
        circle: one of them must rest on the story alone.",
    CircularWindow = "circular-window": "A window starts, or is closed, by the end of another that starts by its own. Neither would ever \
        begin. One of them must start from something that happens.",
    NoSuchPermission = "no-such-permission": "A condition asks whether somebody may do what no role of the title page may do, so the \
        answer would always be no. Give the permission to a role: `may = [\"inspect\"]`.",
    ExpressionSyntax = "expression-syntax": "A condition is not an expression: a bracket, an operand or a quote is missing. \
        Conditions stand in 'single quotes', words inside them in \"double\".",
    ExpressionReservedWord = "expression-reserved-word": "A condition uses a word that the expression language keeps for itself as if it were a \
        name. Choose another name.",
    ExpressionNotAllowed = "expression-not-allowed": "A condition holds something that has no place in it: an assignment, a loop, a call. \
        Conditions compare, ask membership, and join with `&&`, `||`, `!`. What needs more is a \
        fact with a script.",
    ExpressionTooLarge = "expression-too-large": "A condition is longer or nested deeper than a reader can follow. Declare a part of it as \
        a fact, and use its name.",
    BadTemplate = "bad-template": "A text for people has a place that cannot be filled: a brace without its partner, or \
        something between braces that is no fact. Write `{receiver}` or `{visit.purpose}`; a \
        brace that is meant is doubled.",
    ScriptSyntax = "script-syntax": "A script cannot be read: a bracket or a semicolon is missing, or a word stands where \
        none can. The place is where reading stopped.",
    ScriptName = "script-name": "The file of a script cannot be named so: policies call it as `file::function`, so its \
        name is made of small letters, digits and `_`, and is no word of the language.",
    ScriptTooLarge = "script-too-large": "A script is longer or nested deeper than the fence allows, or there are too many \
        scripts, functions or parameters. Divide it.",
    ScriptCycle = "script-cycle": "Scripts need one another in a circle, so none can be compiled first. Move what they \
        share into a script of its own.",
    ScriptImport = "script-import": "A script loads another file by itself. The scripts of a policy see one another as \
        `file::function`, and see nothing else.",
    ScriptForbidden = "script-forbidden": "A script uses something that the fence keeps out, such as `switch`, `try` or a bitwise \
        operator. A script is a handful of plain words: a pure function of what it is given.",
    ScriptTopLevel = "script-top-level": "A script does something beside its functions. Only constants may stand there: a script \
        is called, it does not run.",
    ScriptReservedWord = "script-reserved-word": "A script uses a word that the language keeps for itself as a name, as in `let new = 1`. Choose another name.",
    ScriptShadowed = "script-shadowed": "A variable or a parameter of a script hides another of the same name, so a reader takes \
        one for the other. Choose another name.",
    ScriptDuplicateFunction = "script-duplicate-function": "Two functions of a script have the same name. Policies call functions by name alone.",
    ScriptUnknownFunction = "script-unknown-function": "A script calls a function that is not there, or gives it another number of arguments.",
    ScriptUnknownModule = "script-unknown-module": "A script calls into a script that is not among those of the policy.",
    ScriptUnknownVariable = "script-unknown-variable": "A script reads a variable that is not declared where it is read. In a function a \
        constant of the script is `global::NAME`.",
    ScriptUnknownConstant = "script-unknown-constant": "A script reads a constant that it does not declare. Write `const NAME = …;` beside its functions.",
    ScriptCompareTypes = "script-compare-types": "A script compares values of different types, such as a text and a number: the answer is \
        always no, silently.",
    ScriptNestedChange = "script-nested-change": "A script changes something inside a list or a map that is itself inside another, or something that \
        has no name: the change would be lost with a copy. Take it out with `let`, change it, and put it back.",
    ScriptDivision = "script-division": "A script divides two whole numbers, which drops the rest in silence: one third is \
        nothing. Multiply first, or say what happens to the rest.",
    ScriptUndocumented = "script-undocumented": "A function that the policy may call says nothing of what it does. Add a line that begins \
        with `///` before it.",
    UnknownScript = "unknown-script": "`script` names a function that is not there, or `reads` lists another number of \
        arguments than it takes. Write the file and the function: `script = \"ladder::minor\"` \
        is `fn minor` of `scripts/ladder.rhai`.",
    UnknownMoment = "unknown-moment": "`on`, `count`, `first` or `last` names something that does not happen: neither an event, \
        nor a moment of the rota, nor `\"<window> ends\"`.",
    WrongMoment = "wrong-moment": "A question is answered at a moment at which nobody asks it, such as `receive` on an \
        inspection; or a clause says nothing of what has to happen. It would never be asked.",
    MixedSorts = "mixed-sorts": "A clause answers a standing question (`share`, `bar`) and something that belongs to an \
        event. Standing answers are asked again whenever a fact changes; acts happen once. Write \
        two clauses with the same id.",
    TooEarly = "too-early": "A clause speaks of `receiver` in a case or answer that is settled before anybody \
        receives. Say `current`, `chosen` or `owner`, or answer only `turn` and `own`.",
    ClauseWithoutEffect = "clause-without-effect": "A clause answers no question and has no effect, so it decides nothing. Add `then.…` or \
        `also.…`; a clause that is only there to be cited has `kind = \"principle\"`.",
    PrincipleWithAnswers = "principle-with-answers": "A clause of `kind = \"principle\"` has conditions, answers or effects. A principle \
        decides nothing: it is kept so that the book is whole, and may be cited by a ruling.",
    OtherwiseWithConditions = "otherwise-with-conditions": "A clause has `otherwise = true` and conditions. `otherwise` stands where nothing else \
        does; a clause with conditions stands where they hold.",
    TwoOtherwise = "two-otherwise": "Two clauses answer one question of one moment where nothing else does. One of them is \
        enough, or they would differ.",
    UnknownClause = "unknown-clause": "`overrides`, or an `id` of the title page, names a clause that is not there, or only the \
        clause itself. It takes ids, which cover every other clause of that id, and keys.",
    IdleOverride = "idle-override": "A clause overrides another with which it has no question in common. An exception takes \
        away only what it answers itself, so this takes nothing away.",
    MutualOverride = "mutual-override": "Two clauses override each other on one question: where both hold, neither stands, and \
        there is no answer. Keep one of the two.",
    IdleUntil = "idle-until": "`until` stands in a clause that answers no share. Only shares are provisional while a \
        window is open; what happens when a window ends is a clause with `on = \"<window> \
        ends\"`.",
    ClausesDiffer = "clauses-differ": "Two clauses have word for word the same case and answer one question differently, and \
        neither is an exception to the other. There is no order among clauses: whenever both \
        hold, nobody can say which stands.",
    RangeWithoutAsk = "range-without-ask": "A share leaves a range open (`\"n% to m%\"`, `\"at least n%\"`), and nobody is asked \
        to fix it. Add `ask = { whom = [\"owner\", \"closer\"], within = \"a_window\", else = \
        \"a_role\" }`, or `ask = \"a_role\"`.",
    IdleAsk = "idle-ask": "`ask` asks nothing: people are to agree and no part of a share is a range, or a role is asked and the \
        clause answers no `share`, and nothing of `own`, `receive`, `turn` and `sanction` on an event.",
    ShareSum = "share-sum": "The parts of a share cannot make the whole: fixed shares add up to more or less than 1, \
        `all` stands beside other parts, or parts and fixed shares are mixed.",
    UnreachableRow = "unreachable-row": "A row of reasons and effects never applies: a row of the same reason without conditions \
        stands before it. Put the narrower row first.",
    NoTieBreak = "no-tie-break": "A rota is ordered by facts of each person, in which two people may be equal, and nothing says \
        who of them comes first. Add `ties = \"roster\"` or `ties = \"sign_in\"`.",
    ReasonWithoutRow = "reason-without-row": "A rota has no row for one of the reasons for which somebody can be passed over \
        (receiving, suspended, away, signed out, barred), or only rows with conditions. What \
        becomes of that turn is then undecided. Nobody is suspended or barred where no clause does that.",
    Unused = "unused": "Something is declared and nothing speaks of it. Either a slip in a name, or a leftover: \
        use it, or take it out.",

    // Scenarios.
    ScenarioForm = "scenario-form": "A value of a scenario is not written in the shape that its key takes. The help line shows the shape; `policies/README.md` (under A scenario) lists all of them.",
    ScenarioUnknownKey = "scenario-unknown-key": "A scenario has a key that means nothing there, so that what it says would be dropped. Mind the spelling; the fields of an event stand in its step, expectations under `expect`.",
    ScenarioMissingKey = "scenario-missing-key": "A key is missing without which a scenario, a day or a step says nothing: `policy`, `title`, `date`, `at`.",
    ScenarioUnknownName = "scenario-unknown-name": "An expectation speaks of a person, visit, customer, deal, clause or word that is not in the story or in its policy, so that it could never come true as it is meant.",
    ScenarioUnknownPolicy = "scenario-unknown-policy": "The policy of a scenario cannot be found. It is the name of a folder under `policies/`, or a path from the scenario's own folder that begins with a dot.",
    ScenarioTime = "scenario-time": "A time of a scenario cannot be read, does not exist in the office's time zone, or is earlier than the step before it.",
    ScenarioEvent = "scenario-event": "The event of a step is malformed: a journal with this line would be refused. Kinds and fields are those of the journal and those that the policy declares.",
    ScenarioNoClause = "scenario-no-clause": "An expectation names no clause. The right outcome for the wrong reason is wrong, so every expectation says by which clauses it comes about.",
    ScenarioAssertsNothing = "scenario-asserts-nothing": "No step of the scenario expects anything, so it can never fail and shows nothing.",
    ScenarioPaidWithoutPart = "scenario-paid-without-part": "Somebody is expected to be paid for a deal without having received, owned or closed anything in the story, and no event of the office names them. Often a name is mistaken for another.",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_kebab_case_and_each_stands_once() {
        for (at, code) in CODES.iter().enumerate() {
            let word = code.word();
            assert!(
                word.bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            );
            assert!(
                CODES[..at].iter().all(|before| before.word() != word),
                "{word} stands twice"
            );
            assert_eq!(Code::parse(word), Some(*code));
        }
    }

    #[test]
    fn each_page_is_a_paragraph() {
        for code in CODES {
            assert!(
                code.page().len() > 60 && code.page().ends_with('.'),
                "{}",
                code.word()
            );
        }
    }
}
