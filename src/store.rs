//! What a learner has done, kept between runs in the user's state directory.
