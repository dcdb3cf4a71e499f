//! The running office: takes events, decides, answers over HTTP, and takes an edited policy while it runs.
