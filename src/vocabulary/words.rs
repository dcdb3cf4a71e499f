//! The closed lists of words that the program itself gives a meaning to: questions, answers, states.

/// Declares an enum of words with its snake_case spelling, its list and its parser.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$item_doc:meta])* $item:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$item_doc])* $item),+ }
        impl $name {
            /// Every word of the list, in its order.
            pub const ALL: &'static [$name] = &[$($name::$item),+];
            /// The word as it stands in files and decisions.
            pub const fn text(self) -> &'static str {
                match self { $($name::$item => $text),+ }
            }
            /// The word that is spelled so, if there is one.
            pub fn parse(text: &str) -> Option<$name> {
                match text { $($text => Some($name::$item),)+ _ => None }
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.text())
            }
        }
    };
}

pub(super) use words;

words! {
    /// A question that the runtime asks the policy.
    Question {
        /// May the event take effect?
        Allow = "allow",
        /// Is the customer at hand one who is known already, or of the same household?
        Identify = "identify",
        /// Is this event a recognition, and of whom?
        Recognise = "recognise",
        /// What becomes of the claims on the customer?
        Own = "own",
        /// Who receives the visit?
        Receive = "receive",
        /// What becomes of a turn?
        Turn = "turn",
        /// What does a violation cost?
        Sanction = "sanction",
        /// How is a deal's commission shared? (standing)
        Share = "share",
        /// What comes off a commission before it is shared? (standing)
        Levy = "levy",
        /// Which part of each share is due now? (standing)
        Pay = "pay",
        /// Why may this agent not receive now? (standing)
        Bar = "bar",
    }
}

impl VisitState {
    /// Whether the visitor is here to be received: waits, or is being received.
    pub const fn is_here(self) -> bool {
        matches!(self, VisitState::Waiting | VisitState::Open)
    }
}

impl Question {
    /// Standing questions have no `on`: they are asked again whenever a fact that they read changes.
    pub const fn is_standing(self) -> bool {
        self.is_of_deal() || matches!(self, Question::Bar)
    }

    /// Standing questions about a deal.
    pub const fn is_of_deal(self) -> bool {
        matches!(self, Question::Share | Question::Levy | Question::Pay)
    }
}

words! {
    /// Who a customer turns out to be.
    Identified {
        /// Nobody who was known before.
        New = "new",
        /// The same as another customer.
        SameAs = "same_as",
        /// A member of another customer's household.
        HouseholdOf = "household_of",
    }
}

words! {
    /// As what somebody receives a visit.
    ReceptionRole {
        /// Chosen by the rota.
        Duty = "duty",
        /// The visit named somebody, or the rota's choice was a recognition, and the owner receives.
        Owner = "owner",
        /// Receives in the owner's place.
        Helper = "helper",
        /// Took the reception back when recognised during the visit.
        Original = "original",
        /// Chosen by the rota after the agent before was taken off the visit.
        Replacement = "replacement",
    }
}

words! {
    /// What becomes of a turn.
    TurnEffect {
        /// Spent by a reception.
        Used = "used",
        /// A reception that costs no turn.
        NotUsed = "not_used",
        /// Lost for this round.
        Forfeited = "forfeited",
        /// Unspent, and kept for the rest of the round.
        Kept = "kept",
        /// Unspent, passed over, with no right kept.
        Open = "open",
        /// Given back: what a reception spent, or the first turn that an absence cost.
        Returned = "returned",
        /// Stays spent, and counts neither as a turn used nor as a reception.
        Bye = "bye",
        /// Served before everybody in the rota.
        Priority = "priority",
        /// A priority turn whose time is over.
        Expired = "expired",
    }
}

words! {
    /// What sort of right a claim is.
    ClaimKind {
        /// The customer is this person's.
        Owner = "owner",
        /// A right to a part of the commission.
        Share = "share",
    }
}

words! {
    /// How a claim stands, as an answer of `own` says it and as a condition reads it (`owner.state`).
    ClaimState {
        /// In force, and the owner's.
        Active = "active",
        /// Waiting for a recognition.
        Sleeping = "sleeping",
        /// A right to a part, in force.
        Sharing = "sharing",
        /// Ended by its window.
        Lapsed = "lapsed",
        /// Ended by a clause or a ruling.
        Void = "void",
        /// There is no claim.
        Absent = "none",
    }
}

words! {
    /// Why somebody on the roster cannot receive now, in no order: the policy's table gives the order.
    PassReason {
        /// Receives as many visits as the role may at once.
        Receiving = "receiving",
        /// Suspended by turns or until a time.
        Suspended = "suspended",
        /// Away from the post.
        Away = "away",
        /// Signed out.
        SignedOut = "signed_out",
        /// Barred by a clause.
        Barred = "barred",
    }
}

words! {
    /// State of a deal's shares.
    ShareState {
        /// A window that can change the shares is still open.
        Provisional = "provisional",
        /// Will never change.
        Final = "final",
        /// No clause answers, or two differ: waits for a ruling.
        Undecided = "undecided",
        /// Adds up to nothing.
        Cancelled = "cancelled",
    }
}

words! {
    /// A day of the week.
    Weekday {
        /// The first.
        Monday = "monday",
        /// The second.
        Tuesday = "tuesday",
        /// The third.
        Wednesday = "wednesday",
        /// The fourth.
        Thursday = "thursday",
        /// The fifth.
        Friday = "friday",
        /// The sixth.
        Saturday = "saturday",
        /// The last.
        Sunday = "sunday",
    }
}

words! {
    /// State of a visit.
    VisitState {
        /// Nobody could receive it yet.
        Waiting = "waiting",
        /// Being received.
        Open = "open",
        /// Over.
        Ended = "ended",
        /// A visitor whom nobody receives.
        NotReceived = "not_received",
    }
}
