//! panke decides whose turn, whose customer and whose commission it is, by a policy that its office edits.
