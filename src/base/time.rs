//! Civil time of an office: instants, days, windows; the only home of chrono and of time zones.
//!
//! An [`Instant`] is a point in time, the same everywhere. A [`Day`] is a date on the office's
//! wall. A [`Calendar`] is the office: it knows the zone and when the business day ends, and turns
//! the one into the other. Nothing here reads a clock.

mod calendar;
mod civil;
mod clock;
mod length;
mod point;
mod read;
mod window;
mod write;
mod zone;

pub use calendar::{Calendar, DayEndsError, Period, parse_day_ends};
pub use clock::{Clock, ClockError};
pub use length::{Length, LengthError, LengthFault, Unit};
pub use point::{Day, DayError, Instant};
pub use read::{TimeError, TimeFault};
pub use window::{FirstDay, LastDay, SpanRule};
pub use write::Written;
pub use zone::ZoneError;
