// A convolution's input scale v = x · s[i], backward: dx (+)= dv · s[i] and the sums S[part, i] = Σ dv · x of the style's gradient.
// See input_gradient; its gradient is dv [I, P].

alias Partial = f32;

fn weights_of(i: u32) -> f32 {
  return scales[params.scale + i];
}

fn gradient_at(i: u32, p: u32) -> f32 {
  return gradient[i * params.pixels + p];
}

fn along(scale: f32, here: f32) -> f32 {
  return scale * here;
}
