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
            /// The paragraph that explains it: what it means, an example, how to mend it.
            pub const fn page(self) -> &'static str {
                match self { $(Code::$code => $page),+ }
            }
        }
    };
}

codes! {
    TomlSyntax = "toml-syntax": "The file is not valid TOML. Everything that could still be read was checked all the same.",
}
