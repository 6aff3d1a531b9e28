// toRgb y[c] = Σ_i w[i, c] · s[i] · x[i] + …, backward: dx[i] (+)= s[i] · Σ_c w[i, c] · dy[c], and S[part, i] = Σ_p x[i, p] · dy[p]
// of the gradients to w and s, which to_rgb_sums finishes. See input_gradient; its gradient is dy [3, P].

@group(0) @binding(6) var<storage, read> w: array<f32>; // [I, 3]

alias Partial = vec3f;

fn weights_of(i: u32) -> vec3f {
  return scales[params.scale + i] * vec3f(w[3 * i], w[3 * i + 1], w[3 * i + 2]);
}

fn gradient_at(i: u32, p: u32) -> vec3f {
  return vec3f(gradient[p], gradient[params.pixels + p], gradient[2 * params.pixels + p]);
}

fn along(weights: vec3f, here: vec3f) -> f32 {
  return dot(weights, here);
}
