/** Private inputs of the library's programs, as a buyer would give them. */
export const privateModels: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  linear_score: { intercept: "-3.25", weight_education: "0.75", weight_experience: "-0.0625" },
  logistic_score: { intercept: "-2", weight_education: "0.25", weight_experience: "-0.0625" },
  tree_score: {
    ...node(1, "education", "13"),
    ...node(2, "experience", "10"),
    ...node(3, "experience", "8.5"),
    ...node(4, "education", "8"),
    ...node(5, "education", "11"),
    ...node(6, "education", "16"),
    ...node(7, "education", "17"),
    ...Object.fromEntries([0, 1, 0, 1, 1, 2, 0, 2].map((label, leaf) => [`leaf_${leaf}_class`, String(label)])),
  },
};

function node(number: number, feature: "education" | "experience", threshold: string): Record<string, string> {
  return {
    [`node_${number}_uses_education`]: feature === "education" ? "1" : "0",
    [`node_${number}_uses_experience`]: feature === "experience" ? "1" : "0",
    [`node_${number}_threshold`]: threshold,
  };
}
