//! The values that everything else is made of: time, money, fractions and names; no rule of any office.

pub mod few;
pub mod fraction;
pub mod json;
pub mod money;
pub mod names;
pub mod time;
