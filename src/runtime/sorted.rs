//! Hash maps are kept in the order of their keys, so that the same state gives the same bytes.

/// Maps.
pub mod map {
    use rustc_hash::FxHashMap;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::hash::Hash;

    pub fn serialize<K, V, S>(map: &FxHashMap<K, V>, to: S) -> Result<S::Ok, S::Error>
    where
        K: Ord + Serialize,
        V: Serialize,
        S: Serializer,
    {
        let mut pairs: Vec<(&K, &V)> = map.iter().collect();
        pairs.sort_unstable_by_key(|(key, _)| *key);
        to.collect_seq(pairs)
    }

    pub fn deserialize<'de, K, V, D>(from: D) -> Result<FxHashMap<K, V>, D::Error>
    where
        K: Eq + Hash + Deserialize<'de>,
        V: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        Ok(Vec::<(K, V)>::deserialize(from)?.into_iter().collect())
    }
}

/// Sets.
pub mod set {
    use rustc_hash::FxHashSet;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::hash::Hash;

    pub fn serialize<T, S>(set: &FxHashSet<T>, to: S) -> Result<S::Ok, S::Error>
    where
        T: Ord + Serialize,
        S: Serializer,
    {
        let mut all: Vec<&T> = set.iter().collect();
        all.sort_unstable();
        to.collect_seq(all)
    }

    pub fn deserialize<'de, T, D>(from: D) -> Result<FxHashSet<T>, D::Error>
    where
        T: Eq + Hash + Deserialize<'de>,
        D: Deserializer<'de>,
    {
        Ok(Vec::<T>::deserialize(from)?.into_iter().collect())
    }
}
