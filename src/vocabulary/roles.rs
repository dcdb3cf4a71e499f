//! As what somebody who holds a token speaks to the running office.
//!
//! These words are the interface's, not those of a policy: a token says what its holder may do with the server; what a
//! person may do in the office is said by the policy's own roles, of the people whom an event names.

use super::words::words;

words! {
    /// The role of a token.
    Role {
        /// The reception desk, which records what happens.
        Desk = "desk",
        /// A person who receives customers.
        Agent = "agent",
        /// Who runs the site.
        SiteManager = "site_manager",
        /// Who runs the sales.
        SalesManager = "sales_manager",
        /// Who runs the project.
        ProjectManager = "project_manager",
        /// Who pays.
        Finance = "finance",
        /// Who edits the policy.
        Author = "author",
        /// Who reads all and changes nothing.
        Auditor = "auditor",
        /// A program that records for people.
        Integration = "integration",
        /// Who keeps the server running.
        Operator = "operator",
    }
}
